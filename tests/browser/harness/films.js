// A film that a browser plays, as a phone writes it: with the place where it was taken, once in its tables and once in notes among the pictures.

/** In no other bytes of it. */
export const PLACE = ['+43.2389+076.8897/', '+43.2390+076.8898/']

const u16 = (...numbers) => Buffer.from(numbers.flatMap((number) => [(number >> 8) & 255, number & 255]))
const u32 = (...numbers) => Buffer.from(numbers.flatMap((number) => [number >>> 24, (number >> 16) & 255, (number >> 8) & 255, number & 255]))
const box = (name, ...content) => {
  const within = Buffer.concat(content.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)))
  return Buffer.concat([u32(within.length + 8), Buffer.from(name, 'latin1'), within])
}
const table = (name, each, ...numbers) => box(name, u32(0, numbers.length / each, ...numbers))

const MATRIX = u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
const FRAME_MS = 33

/** The frames of a film of one colour, encoded by the page. */
async function framesOf(page, [width, height], colour, count) {
  const frames = await page.evaluate(
    async ([width, height, colour, count, each]) => {
      const canvas = Object.assign(document.createElement('canvas'), { width, height })
      const pen = canvas.getContext('2d')
      const frames = []
      const encoder = new VideoEncoder({
        output: (chunk) => {
          const bytes = new Uint8Array(chunk.byteLength)
          chunk.copyTo(bytes)
          frames.push([...bytes])
        },
        error: (error) => console.error(error),
      })
      encoder.configure({ codec: 'vp09.00.10.08', width, height })
      for (let at = 0; at < count; at += 1) {
        pen.fillStyle = colour
        pen.fillRect(0, 0, width, height)
        const frame = new VideoFrame(canvas, { timestamp: at * each * 1000 })
        encoder.encode(frame, { keyFrame: at === 0 })
        frame.close()
      }
      await encoder.flush()
      return frames
    },
    [width, height, colour, count, FRAME_MS],
  )
  return frames.map((bytes) => Buffer.from(bytes))
}

/** An MP4 in VP9: its pictures, then its notes, then its tables. */
export async function film(page, name, [width, height], colour) {
  const frames = await framesOf(page, [width, height], colour, 45)
  const length = frames.length * FRAME_MS
  const pictures = Buffer.concat(frames)
  const start = box('ftyp', 'isom', u32(512), 'isomiso2mp41')
  const media = box('mdat', pictures, PLACE[1])
  const track = (id, kind, header, entry, at, sizes) =>
    box(
      'trak',
      box('tkhd', u32(7, 0, 0, id, 0, length, 0, 0), u16(0, 0, 0, 0), MATRIX, u32(width << 16, height << 16)),
      box(
        'mdia',
        box('mdhd', u32(0, 0, 0, 1000, length), u16(0x55c4, 0)),
        box('hdlr', u32(0, 0), kind, u32(0, 0, 0), 'Kamera\0'),
        box('minf', header, box('dinf', box('dref', u32(0, 1), box('url ', u32(1)))), box('stbl', box('stsd', u32(0, 1), entry), table('stts', 2, sizes.length, FRAME_MS), table('stss', 1, 1), table('stsc', 3, 1, sizes.length, 1), box('stsz', u32(0, 0, sizes.length, ...sizes)), table('stco', 1, at))),
      ),
    )
  const codec = box('vp09', u32(0), u16(0, 1), u32(0, 0, 0, 0), u16(width, height), u32(0x480000, 0x480000, 0), u16(1), Buffer.alloc(32), u16(24, 0xffff), box('vpcC', u32(0x01000000), Buffer.from([0, 10, 0x82, 6, 6, 6]), u16(0)))
  const at = start.length + 8
  const tables = box(
    'moov',
    box('mvhd', u32(0, 0, 0, 1000, length, 0x10000), u16(0x100, 0), u32(0, 0), MATRIX, u32(0, 0, 0, 0, 0, 0, 3)),
    track(1, 'vide', box('vmhd', u32(1, 0, 0)), codec, at, frames.map((frame) => frame.length)),
    track(2, 'meta', box('nmhd', u32(0)), box('mett', u32(0), u16(0, 1), 'text\0place\0'), at + pictures.length, [PLACE[1].length]),
    box('udta', box('\xa9xyz', u16(PLACE[0].length, 0x15c7), PLACE[0])),
  )
  return { name, mimeType: 'video/mp4', buffer: Buffer.concat([start, media, tables]) }
}
