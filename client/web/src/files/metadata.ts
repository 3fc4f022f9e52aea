// What a file tells of its maker beyond what it shows: where and when a photo was taken, with which device, by whom. It is taken out of the
// container, without decoding: the pixels stay as they are, to the bit. What a person cannot see, they cannot decide to send.
import { joined } from './bytes'
import { readGif } from './gif'
import { readJpeg } from './jpeg'
import type { Picture, Size, Unread } from './picture'
import { readPng } from './png'
import { typeOf, type MediaType } from './type'
import { readWebp } from './webp'

export { typeOf }

/** `unsupported`: nothing here can take metadata out of this type. Whatever is not `clean` is to be decoded and encoded anew, or not to be sent. */
export type Cleaned = { outcome: 'clean'; bytes: Uint8Array<ArrayBuffer> } | { outcome: Unread | 'unsupported' }

/** In pixels, turned as the image is displayed. */
export type Dimensions = ({ outcome: 'read' } & Size) | { outcome: Unread | 'unsupported' }

const READERS: Partial<Record<MediaType, (bytes: Uint8Array) => Picture>> = {
  'image/jpeg': readJpeg,
  'image/png': readPng,
  'image/gif': readGif,
  'image/webp': readWebp,
}

/** Undecoded, by the type found in the bytes; undefined for types that have no reader. */
export function pictureIn(bytes: Uint8Array): Picture | undefined {
  return READERS[typeOf(bytes)]?.(bytes)
}

/** Without EXIF, XMP, IPTC, comments, notes of the maker, previews, and whatever is appended. Of EXIF the orientation stays, alone. `type` as `typeOf` has
 * found it: another one is `not_understood`. */
export function withoutMetadata(bytes: Uint8Array, type: MediaType): Cleaned {
  if (!(type in READERS)) return { outcome: 'unsupported' }
  const picture = type === typeOf(bytes) ? pictureIn(bytes) : undefined
  return picture ? cleaned(picture) : { outcome: 'not_understood' }
}

export function cleaned({ state, parts }: Picture): Cleaned {
  return state === 'whole' ? { outcome: 'clean', bytes: joined(parts) } : { outcome: state }
}

/** Also of a damaged image, as long as its size was found before the damage. */
export function dimensionsOf(bytes: Uint8Array): Dimensions {
  const picture = pictureIn(bytes)
  if (!picture) return { outcome: 'unsupported' }
  if (picture.size) return { outcome: 'read', ...picture.size }
  return { outcome: picture.state === 'whole' ? 'damaged' : picture.state }
}
