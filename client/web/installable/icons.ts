// Draws the icon of the page as PNG in the sizes that devices want. The picture itself is public/icon.svg: rectangles, circles, and strokes of
// straight lines, which is all that is read here.
import { deflateSync, crc32 } from 'node:zlib'

type Colour = readonly [number, number, number]
/** How far a point is outside of a shape, in units of the picture; negative inside. */
interface Shape {
  colour: Colour
  distance: (x: number, y: number) => number
}
export type Cut = 'rounded' | 'maskable'

/** The picture is drawn on a square of this side. */
const SIDE = 32
/** Devices cut a maskable icon to a shape of their own; within four fifths of it nothing is lost. */
const SAFE = 0.8

export function drawIcon(svg: string, size: number, cut: Cut): Buffer {
  const [ground, ...figures] = shapesOf(svg)
  if (!ground) throw new Error('public/icon.svg has no shapes')
  const pixels = Buffer.alloc(size * (size * 4 + 1))
  const unit = SIDE / size
  for (let row = 0; row < size; row += 1)
    for (let column = 0; column < size; column += 1) {
      const at = row * (size * 4 + 1) + 1 + column * 4
      const [x, y] = [(column + 0.5) * unit, (row + 0.5) * unit]
      const full = cut === 'maskable' ? 1 : cover(ground.distance(x, y), unit)
      const scale = cut === 'maskable' ? SAFE : 1
      const [u, v] = [x, y].map((part) => (part - SIDE / 2) / scale + SIDE / 2) as [number, number]
      let colour: Colour = ground.colour
      for (const figure of figures) colour = mix(colour, figure.colour, cover(figure.distance(u, v), unit / scale))
      pixels.set([...colour, Math.round(full * 255)], at)
    }
  return png(size, pixels)
}

/** How much of a pixel a shape covers, by the distance of its middle. */
const cover = (distance: number, unit: number): number => Math.min(1, Math.max(0, 0.5 - distance / unit))
const mix = (a: Colour, b: Colour, part: number): Colour => [0, 1, 2].map((index) => Math.round((a[index] ?? 0) * (1 - part) + (b[index] ?? 0) * part)) as unknown as Colour

function shapesOf(svg: string): Shape[] {
  const shapes: Shape[] = []
  let group: Record<string, string> = {}
  for (const [, name = '', inside = ''] of svg.matchAll(/<(rect|circle|path|g)\b([^>]*)>/g)) {
    const own = Object.fromEntries([...inside.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, key, value]) => [key, value])) as Record<string, string>
    if (name === 'g') {
      group = own
      continue
    }
    const all = { ...group, ...own }
    const number = (key: string) => Number(all[key] ?? 0)
    if (name === 'rect') shapes.push({ colour: colourOf(all['fill']), distance: rectangle(number('width'), number('height'), number('rx')) })
    if (name === 'circle') shapes.push({ colour: colourOf(all['fill']), distance: (x, y) => Math.hypot(x - number('cx'), y - number('cy')) - number('r') })
    if (name === 'path') shapes.push({ colour: colourOf(all['stroke']), distance: strokes(linesOf(all['d'] ?? ''), number('stroke-width') / 2) })
  }
  return shapes
}

function colourOf(text: string | undefined): Colour {
  const digits = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/.exec(text ?? '')
  if (!digits) throw new Error(`public/icon.svg: no colour of six digits: ${text}`)
  return digits.slice(1).map((part) => parseInt(part, 16)) as unknown as Colour
}

function rectangle(width: number, height: number, corner: number): Shape['distance'] {
  return (x, y) => {
    const [dx, dy] = [Math.abs(x - width / 2) - width / 2 + corner, Math.abs(y - height / 2) - height / 2 + corner]
    return Math.hypot(Math.max(dx, 0), Math.max(dy, 0)) + Math.min(Math.max(dx, dy), 0) - corner
  }
}

type Point = [number, number]

function linesOf(path: string): [Point, Point][] {
  const lines: [Point, Point][] = []
  let here: Point = [0, 0]
  for (const [, command = '', rest = ''] of path.matchAll(/([A-Za-z])([^A-Za-z]*)/g)) {
    const numbers = (rest.match(/-?[\d.]+/g) ?? []).map(Number)
    const to = (point: Point) => {
      lines.push([here, point])
      here = point
    }
    if (command === 'M') here = [numbers[0] ?? 0, numbers[1] ?? 0]
    else if (command === 'h') for (const x of numbers) to([here[0] + x, here[1]])
    else if (command === 'l') for (let at = 0; at < numbers.length; at += 2) to([here[0] + (numbers[at] ?? 0), here[1] + (numbers[at + 1] ?? 0)])
    else throw new Error(`public/icon.svg: a path with ${command} is not read here`)
  }
  return lines
}

function strokes(lines: [Point, Point][], half: number): Shape['distance'] {
  return (x, y) =>
    Math.min(
      ...lines.map(([[ax, ay], [bx, by]]) => {
        const [dx, dy] = [bx - ax, by - ay]
        const along = Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)))
        return Math.hypot(x - ax - along * dx, y - ay - along * dy)
      }),
    ) - half
}

/** Eight bits a channel, with transparency, every row as it is. */
function png(size: number, pixels: Buffer): Buffer {
  const head = Buffer.alloc(13)
  head.writeUInt32BE(size, 0)
  head.writeUInt32BE(size, 4)
  head.set([8, 6, 0, 0, 0], 8)
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), part('IHDR', head), part('IDAT', deflateSync(pixels, { level: 9 })), part('IEND', Buffer.alloc(0))])
}

function part(name: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name, 'latin1'), data])
  const frame = Buffer.alloc(named.length + 8)
  frame.writeUInt32BE(data.length, 0)
  named.copy(frame, 4)
  frame.writeUInt32BE(crc32(named), named.length + 4)
  return frame
}
