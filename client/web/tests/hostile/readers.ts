// Two readers of metadata that are not ours, and what they say of where a photo was taken.
import exifr from 'exifr'
import ExifReader from 'exifreader'

const ALL = { tiff: true, exif: true, gps: true, ifd1: true, interop: true, makerNote: true, userComment: true, xmp: true, iptc: true, icc: false, jfif: false, ihdr: false }
const PLACE = /gps|latitude|longitude|city|location/i

/** Words about the place that either reader finds. A file that one of them cannot read has none for it. */
export async function placesIn(bytes: Uint8Array<ArrayBuffer>): Promise<string[]> {
  return [...(await byExifr(bytes)), ...byExifReader(bytes)]
}

async function byExifr(bytes: Uint8Array<ArrayBuffer>): Promise<string[]> {
  const [all, gps] = await Promise.all([
    exifr.parse(bytes.slice(), ALL).catch(() => undefined) as Promise<Record<string, unknown> | undefined>,
    exifr.gps(bytes.slice()).catch(() => undefined) as Promise<Record<string, unknown> | undefined>,
  ])
  return [...namesIn(all), ...(gps === undefined ? [] : Object.keys(gps))]
}

function byExifReader(bytes: Uint8Array<ArrayBuffer>): string[] {
  try {
    return namesIn(ExifReader.load(bytes.slice().buffer))
  } catch {
    return []
  }
}

const namesIn = (tags: object | undefined): string[] => Object.keys(tags ?? {}).filter((name) => PLACE.test(name))
