// Small pictures: of a photo, of the first page of a PDF, of a moment of a film. Where none comes in time the file goes without.
import { FILM_WITHIN_MS, JPEG_QUALITY, PDF_LIMIT_BYTES, PDF_WITHIN_MS, THUMBNAIL_LIMIT_BYTES, THUMBNAIL_LONGEST_PX } from './limits'
import { drawsPdf, Pdf } from './pdf'
import { stepsTo, thumbnail, type Drawn } from './smaller'
import type { MediaType } from './type'

/** Of a photo only where its own size is known, `width` not 0: the others are not decoded. */
export async function smallPictureOf(blob: Blob, type: MediaType, width: number): Promise<Drawn | undefined> {
  if (type === 'application/pdf') return firstPage(blob)
  if (type.startsWith('video/')) return momentOf(blob)
  const small = width > 0 ? await thumbnail(blob) : undefined
  return small?.outcome === 'drawn' ? small : undefined
}

/** `start` begins the worker that draws; it is ended whatever becomes of it. */
export async function firstPage(pdf: Blob, start?: () => Worker): Promise<Drawn | undefined> {
  if (pdf.size > PDF_LIMIT_BYTES || !drawsPdf()) return undefined
  const bytes = await pdf.arrayBuffer().catch(() => undefined)
  if (!bytes) return undefined
  const reader = new Pdf(bytes, start)
  const late = setTimeout(() => reader.end(), PDF_WITHIN_MS)
  try {
    const { picture, width, height } = await reader.jpeg(1, { longest: THUMBNAIL_LONGEST_PX })
    const drawn = { blob: picture, width, height }
    return isSmall(drawn) ? drawn : undefined
  } catch {
    return undefined
  } finally {
    clearTimeout(late)
    reader.end()
  }
}

const isSmall = ({ blob, width, height }: Drawn): boolean =>
  blob.size <= THUMBNAIL_LIMIT_BYTES && width > 0 && height > 0 && Math.max(width, height) <= THUMBNAIL_LONGEST_PX

/** So far in, a film mostly shows what it is of. */
const MOMENT_SECONDS = 1

/** Drawn by the browser's own decoder, which reads of a long film what it needs. */
export async function momentOf(film: Blob): Promise<Drawn | undefined> {
  const address = URL.createObjectURL(film)
  const video = document.createElement('video')
  try {
    return await new Promise<Drawn | undefined>((resolve) => {
      setTimeout(() => resolve(undefined), FILM_WITHIN_MS)
      video.muted = true
      video.preload = 'auto'
      video.onerror = () => resolve(undefined)
      video.onloadedmetadata = () => {
        // Of a film that a browser has made the length is not known.
        video.currentTime = Number.isFinite(video.duration) ? Math.min(MOMENT_SECONDS, video.duration / 2) : 0
      }
      video.onseeked = () => void frameOf(video).then(resolve)
      video.src = address
    })
  } finally {
    video.removeAttribute('src')
    video.load()
    URL.revokeObjectURL(address)
  }
}

async function frameOf(video: HTMLVideoElement): Promise<Drawn | undefined> {
  const size = stepsTo(THUMBNAIL_LONGEST_PX, { width: video.videoWidth, height: video.videoHeight }).at(-1)
  const canvas = Object.assign(document.createElement('canvas'), size)
  const context = canvas.getContext('2d')
  if (!size || video.videoWidth === 0 || !context) return undefined
  context.drawImage(video, 0, 0, size.width, size.height)
  const blob = await new Promise<Blob | null>((made) => canvas.toBlob(made, 'image/jpeg', JPEG_QUALITY))
  return blob ? { blob, ...size } : undefined
}
