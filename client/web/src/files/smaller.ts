// A photo as it is sent: decoded, scaled and encoded anew, which leaves behind all that was not pixels. Whether it is decoded at all, the numbers in
// its container decide.
import { largestOf } from './heif'
import { CANVAS_LIMIT_PIXELS, DECODED_LIMIT_PIXELS, IMAGE_LIMIT_BYTES, JPEG_QUALITY, PHOTO_LONGEST_PX, THUMBNAIL_LONGEST_PX } from './limits'
import { cleaned, pictureIn } from './metadata'
import type { Picture, Size } from './picture'
import { typeOf, type MediaType } from './type'

export interface Options {
  longestPx?: number
  /** Of JPEG, from 0 to 1. */
  quality?: number
}

export interface Drawn extends Size {
  blob: Blob
}

/** `not_an_image`: no kind of photo, drawings with scripts (SVG) among them. `undecodable`: this browser cannot show it, as Chromium cannot HEIC. */
export type Refused =
  | { outcome: 'not_an_image' | 'too_many_bytes' | 'damaged' | 'not_understood' | 'undecodable' }
  | ({ outcome: 'too_many_pixels' } & Size)

/** `original`: with its pixels as they were, without its metadata; it was small already, or it moves. */
export type Smaller = ({ outcome: 'smaller' | 'original' } & Drawn) | Refused

export async function smaller(file: Blob, options: Options = {}): Promise<Smaller> {
  const ways = await waysOf(file, options)
  if ('outcome' in ways) return ways
  return ways.smaller ? { outcome: 'smaller', ...ways.smaller } : { outcome: 'original', ...ways.original }
}

/** The ways in which a photo can be sent, none of them with its metadata. Where there is no smaller one, the original is as small. */
export type Ways = { smaller: Drawn; original: Drawn | undefined } | { smaller: undefined; original: Drawn }

export async function waysOf(file: Blob, { longestPx = PHOTO_LONGEST_PX, quality = JPEG_QUALITY }: Options = {}): Promise<Ways | Refused> {
  const source = await sourceOf(file)
  if ('outcome' in source) return source
  const original = originalOf(source)
  // A still would lose the movement.
  if (original && source.picture?.frames === 'several') return { smaller: undefined, original }
  const drawn = await drawnFrom(source, longestPx, quality)
  // One that is cleared goes as it is where nothing can be drawn of it: what is in the file itself says where it was taken.
  if ('outcome' in drawn) return drawn.outcome === 'undecodable' && original && isShown(original) ? { smaller: undefined, original } : drawn
  return original && original.blob.size <= drawn.blob.size && isShown(original) ? { smaller: undefined, original } : { smaller: drawn, original }
}

export async function thumbnail(file: Blob): Promise<({ outcome: 'drawn' } & Drawn) | Refused> {
  const source = await sourceOf(file)
  if ('outcome' in source) return source
  const drawn = await drawnFrom(source, THUMBNAIL_LONGEST_PX, JPEG_QUALITY)
  return 'outcome' in drawn ? drawn : { outcome: 'drawn', ...drawn }
}

/** An image that may be decoded. */
interface Source {
  bytes: Uint8Array<ArrayBuffer>
  type: MediaType
  /** HEIC and AVIF have none here. */
  picture: Picture | undefined
}

async function sourceOf(file: Blob): Promise<Source | Refused> {
  if (file.size > IMAGE_LIMIT_BYTES) return { outcome: 'too_many_bytes' }
  const bytes = await bytesIn(file)
  if (!bytes) return { outcome: 'damaged' }
  const type = typeOf(bytes)
  const picture = pictureIn(bytes)
  const isHeif = type === 'image/heic' || type === 'image/heif' || type === 'image/avif'
  if (!picture && !isHeif) return { outcome: 'not_an_image' }
  if (picture?.state === 'not_understood') return { outcome: 'not_understood' }
  const size = picture ? picture.size : largestOf(bytes)
  if (!size) return { outcome: 'damaged' }
  return isTooLarge(size) ? { outcome: 'too_many_pixels', ...size } : { bytes, type, picture }
}

/** None where the device no longer has the file: a card taken out, a cloud that is away. */
async function bytesIn(file: Blob): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    return new Uint8Array(await file.arrayBuffer())
  } catch {
    return undefined
  }
}

const isTooLarge = ({ width, height }: Size): boolean => width * height > DECODED_LIMIT_PIXELS

/** Whether whoever gets it sees it in the page: a larger one a small phone does not hold, however few bytes it has. It goes only if its person says so. */
export const isShown = ({ width, height }: Size): boolean => width > 0 && height > 0 && width * height <= CANVAS_LIMIT_PIXELS

function originalOf({ type, picture }: Source): Drawn | undefined {
  if (!picture?.size) return undefined
  const clean = cleaned(picture)
  return clean.outcome === 'clean' ? { blob: new Blob([clean.bytes], { type }), ...picture.size } : undefined
}

async function drawnFrom({ bytes, type, picture }: Source, longestPx: number, quality: number): Promise<Drawn | Refused> {
  const bitmap = await decoded(new Blob([bytes], { type }))
  if (!bitmap) return { outcome: picture?.state === 'damaged' ? 'damaged' : 'undecodable' }
  const { width, height } = bitmap
  try {
    // The decoder has the last word about what was in the file.
    return isTooLarge(bitmap) ? { outcome: 'too_many_pixels', width, height } : await encoded(scaled(bitmap, longestPx), quality)
  } finally {
    bitmap.close()
  }
}

async function decoded(blob: Blob): Promise<ImageBitmap | undefined> {
  try {
    return await createImageBitmap(blob, { imageOrientation: 'from-image' })
  } catch (error) {
    // Older browsers do not know the word, and turn the image by themselves.
    return error instanceof TypeError ? createImageBitmap(blob).catch(() => undefined) : undefined
  }
}

/** The sizes to go through: halved at most at a time, since one large step leaves pixels out, and none that a canvas cannot hold. */
export function stepsTo(longestPx: number, { width, height }: Size): Size[] {
  const factor = Math.min(1, longestPx / Math.max(width, height))
  const last = { width: Math.max(1, Math.round(width * factor)), height: Math.max(1, Math.round(height * factor)) }
  const steps: Size[] = []
  for (let part = 0.5; part > factor; part /= 2) {
    const step = { width: Math.ceil(width * part), height: Math.ceil(height * part) }
    if (step.width * step.height <= CANVAS_LIMIT_PIXELS) steps.push(step)
  }
  return [...steps, last]
}

interface Surface {
  canvas: OffscreenCanvas | HTMLCanvasElement
  context: OffscreenCanvasRenderingContext2D | CanvasRenderingContext2D
}

/** None where the browser gives no more canvases. */
function scaled(bitmap: ImageBitmap, longestPx: number): Surface | undefined {
  let from: Surface | undefined
  for (const size of stepsTo(longestPx, bitmap)) {
    const to = surfaceOf(size)
    if (!to) return undefined
    // JPEG knows no transparency: without a ground it would be black.
    to.context.fillStyle = '#fff'
    to.context.fillRect(0, 0, size.width, size.height)
    to.context.imageSmoothingQuality = 'high'
    to.context.drawImage(from?.canvas ?? bitmap, 0, 0, size.width, size.height)
    // Safari holds a canvas' memory until it is collected.
    if (from) from.canvas.width = 0
    from = to
  }
  return from
}

function surfaceOf({ width, height }: Size): Surface | undefined {
  if (typeof OffscreenCanvas === 'function') {
    const canvas = new OffscreenCanvas(width, height)
    const context = canvas.getContext('2d')
    if (context) return { canvas, context }
  }
  // A worker has no page to make one in.
  if (typeof document === 'undefined') return undefined
  const canvas = Object.assign(document.createElement('canvas'), { width, height })
  const context = canvas.getContext('2d')
  return context ? { canvas, context } : undefined
}

async function encoded(surface: Surface | undefined, quality: number): Promise<Drawn | Refused> {
  if (!surface) return { outcome: 'undecodable' }
  const { width, height } = surface.canvas
  const blob = await blobOf(surface.canvas, quality)
  return blob ? { blob, width, height } : { outcome: 'undecodable' }
}

/** None where there is no memory for it. */
async function blobOf(canvas: Surface['canvas'], quality: number): Promise<Blob | undefined> {
  if ('convertToBlob' in canvas) return canvas.convertToBlob({ type: 'image/jpeg', quality }).catch(() => undefined)
  return new Promise((resolve) => canvas.toBlob((blob) => resolve(blob ?? undefined), 'image/jpeg', quality))
}
