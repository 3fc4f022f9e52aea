// JPEG: places where they stand and where nobody looks for them, segments that lie.
import { bytesOf, joined, viewOf } from '../../src/files/bytes'
import { withoutMetadata } from '../../src/files/metadata'
import { lettersOf, put, sample, segment } from '../samples'
import type { Hostile } from './case'
import { app1, beginning, EXIF, extendedXmp, inCircle, inItself, inThumbnail, IPTC, lying, withoutPlace, withPlace, XMP, XMP_HEADING } from './exif'

const BASE = 'upright.jpg'

/** The sample without a word about its maker. */
function plain(): Uint8Array<ArrayBuffer> {
  const cleaned = withoutMetadata(sample(BASE), 'image/jpeg')
  if (cleaned.outcome !== 'clean') throw new Error('the sample is not clean')
  return cleaned.bytes
}

export function jpegs(): Hostile[] {
  const jpeg = plain()
  const letters = lettersOf(jpeg)
  const at = (marker: string): number => letters.indexOf(marker)
  const [tables, frame, scan] = [at('\xff\xdb'), at('\xff\xc0'), at('\xff\xda')]
  const coded = scan + 2 + viewOf(jpeg).getUint16(scan + 2)
  const early = (...parts: Uint8Array[]) => put(jpeg, tables, 0, ...parts)
  const gone = (name: string, bytes: Uint8Array<ArrayBuffer>, found?: 'found'): Hostile => ({ name: `jpeg-${name}.jpg`, bytes, outcome: 'clean', base: BASE, ...(found && { place: found }) })
  const refused = (name: string, bytes: Uint8Array<ArrayBuffer>, outcome: Hostile['outcome'] = 'damaged'): Hostile => ({ name: `jpeg-${name}.jpg`, bytes, outcome })
  const place = app1(withPlace())
  // What is longer than its segment needs: the rest of it goes with the table.
  const stuffed = (start: number) => {
    const length = viewOf(jpeg).getUint16(start + 2)
    const longer = new Uint8Array(2)
    viewOf(longer).setUint16(0, length + place.length)
    return joined([jpeg.subarray(0, start + 2), longer, jpeg.subarray(start + 4, start + 2 + length), place, jpeg.subarray(start + 2 + length)])
  }
  const photo = joined([jpeg.subarray(0, 2), place, jpeg.subarray(2)])
  const length = (value: number) => put(jpeg, tables + 2, 2, Uint8Array.of(value >> 8, value & 0xff))
  return [
    gone('exif-little', early(place), 'found'),
    gone('exif-big', early(app1(withPlace({ little: false }))), 'found'),
    gone('exif-second', early(app1(withoutPlace()), app1(withPlace())), 'found'),
    gone('exif-three-times', early(place, place, place), 'found'),
    gone('exif-after-filling', early(bytesOf('\xff\xff\xff\xff'), place), 'found'),
    gone('exif-after-noise', early(bytesOf('noise'), place)),
    gone('exif-after-tables', put(jpeg, frame, 0, place), 'found'),
    gone('exif-after-frame', put(jpeg, scan, 0, place), 'found'),
    gone('exif-before-end', put(jpeg, jpeg.length - 2, 0, place)),
    gone('exif-after-end', joined([jpeg, place])),
    gone('exif-in-circle', early(app1(inCircle())), 'found'),
    gone('exif-in-itself', early(app1(inItself()))),
    gone('exif-in-thumbnail', early(app1(inThumbnail(photo)))),
    gone('exif-without-heading', early(app1(withPlace(), ''))),
    gone('exif-other-heading', early(app1(withPlace(), 'EXIF\0\0'), app1(withPlace(), 'Exif\0\xff'), app1(withPlace(), 'exif\0'))),
    gone('exif-elsewhere', early(...Array.from({ length: 16 }, (_, index) => segment(0xe0 + index, joined([bytesOf(EXIF), withPlace()]))).filter((_, index) => index !== 1))),
    gone('exif-in-comment', early(segment(0xfe, joined([bytesOf(EXIF), withPlace(), bytesOf('43.2367 76.945')])))),
    gone('exif-begins-beyond', early(app1(beginning(0xffffffff)), place), 'found'),
    gone('exif-begins-within', early(app1(beginning(0)), place)),
    gone('xmp', early(segment(0xe1, XMP_HEADING + XMP)), 'found'),
    gone('xmp-extended', early(segment(0xe1, XMP_HEADING + '<x:xmpmeta xmlns:x="adobe:ns:meta/"/>'), extendedXmp())),
    gone('iptc', early(segment(0xed, IPTC))),
    gone('previews', joined([early(segment(0xe2, 'MPF\0II*\0\x08\0\0\0Kamera')), photo, photo])),
    gone('film', joined([jpeg, bytesOf('\0\0\0\x18ftypmp42\0\0\0\0mp42isom\0\0\0\x1cudta\0\0\0\x14\xa9xyz\0\x0c\x15\xc7+43.2367+076.945/')])),
    gone('page-in-comment', early(segment(0xfe, '<script>alert(1)</script>'))),
    refused('exif-in-quantisation', stuffed(tables), 'not_understood'),
    refused('exif-in-frame', stuffed(frame), 'not_understood'),
    refused('exif-in-huffman', stuffed(at('\xff\xc4')), 'not_understood'),
    refused('exif-in-scan', stuffed(scan), 'not_understood'),
    refused('exif-in-restarts', early(segment(0xdd, joined([Uint8Array.of(0, 0), place]))), 'not_understood'),
    refused('exif-in-lines', put(jpeg, jpeg.length - 2, 0, segment(0xdc, joined([Uint8Array.of(0, 40), place]))), 'not_understood'),
    gone('exif-in-pixels', put(jpeg, coded + 20, 0, place)),
    refused('length-0', length(0)),
    refused('length-1', length(1)),
    refused('length-65535', length(0xffff)),
    refused('two-starts', joined([jpeg.subarray(0, 2), jpeg])),
    refused('unknown-marker', early(segment(0xf7, 'x')), 'not_understood'),
    refused('reserved-marker', early(segment(0x02, 'x'))),
    refused('no-frame', joined([jpeg.subarray(0, frame), jpeg.subarray(frame + 2 + viewOf(jpeg).getUint16(frame + 2))])),
    refused('no-pixels', put(jpeg, frame + 5, 4, Uint8Array.of(0, 0, 0, 0))),
    refused('nothing-but-markers', joined([jpeg.subarray(0, 2), bytesOf('\xff'.repeat(3000))])),
    { ...gone('exif-lies-4-billion', early(app1(lying(0xffffffff)), place)), base: '', place: 'found' },
    { ...gone('exif-lies-2-billion', early(app1(lying(0x80000000)), place)), base: '', place: 'found' },
    { name: 'jpeg-huge.jpg', bytes: put(jpeg, frame + 5, 4, Uint8Array.of(0x9c, 0x40, 0x9c, 0x40)), outcome: 'clean', size: [40_000, 40_000] },
  ]
}
