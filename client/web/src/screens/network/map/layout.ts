// Where everything stands on the map of roads: our school in the middle, the others beside it with room for their whole names. Pure, so that up
// to thirty schools can be laid out and looked at by a test. All lengths are CSS pixels: the picture is as wide as its place.

export interface School {
  id: string
  name: string
  /** What it has; how or when it was last there. One line where there is room, else one below the other. */
  state: readonly string[]
}

export interface Place {
  id: string
  /** The school's point. */
  x: number
  y: number
  /** Where its words begin, and on which side of that they stand. */
  textX: number
  anchor: 'start' | 'end'
  /** Base lines: the name, then the state. */
  lines: { text: string; y: number; of: 'name' | 'state' }[]
  /** From our school to its point. */
  path: string
  top: number
  bottom: number
}

export interface Layout {
  width: number
  height: number
  /** Our school: a point, and with many roads a bar below it, from which they leave side by side. */
  hub: { x: number; y: number; bar: { half: number; top: number; bottom: number } | undefined; lines: { text: string; x: number; y: number }[]; anchor: 'start' | 'middle' }
  /** Where roads leave the one that all share, on a narrow page. */
  trunk: string | undefined
  places: Place[]
}

/** Narrower than this there is room for one column only. */
const TWO_COLUMNS_PX = 620
const FONT_PX = 16
const LINE_PX = 21
const GAP_PX = 18
const MARGIN_PX = 14
const DOT_PX = 9
/** From a school's point to its words. */
const TO_WORDS_PX = 18
const HUB_PX = 13
/** Half of the width of the bar from which many roads leave. */
const BAR_PX = 4
/** More roads than this leave side by side: at one point nobody could tell them apart. */
const ROADS_AT_A_POINT = 8
/** How far apart they leave, as a part of how far apart they end. */
const SPREAD = 0.6

/** How wide a letter is at most, as a part of the size of the type: wide ones, capitals, all others. Counted and not measured: the picture must
 * come out the same where nothing can be measured, and on paper. */
function letterWidth(letter: string): number {
  if (/[\s.,:;!|'’()iіїjl1-]/u.test(letter)) return 0.36
  if (/[mwшщжюфыMWШЩЖЮФЫМҚ№@%—…]/u.test(letter)) return 0.95
  return letter !== letter.toLowerCase() ? 0.74 : 0.59
}

export function textWidth(text: string): number {
  return [...text].reduce((width, letter) => width + letterWidth(letter), 0) * FONT_PX
}

/** The words in lines that are no wider than `width`; a word that is wider itself is broken. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  const put = (word: string) => {
    const longer = line === '' ? word : `${line} ${word}`
    if (textWidth(longer) <= width) line = longer
    else if (textWidth(word) <= width) {
      lines.push(line)
      line = word
    } else {
      for (const letter of line === '' ? word : ` ${word}`) {
        if (textWidth(line + letter) > width && line !== '') {
          lines.push(line)
          line = ''
        }
        line += letter === ' ' && line === '' ? '' : letter
      }
    }
  }
  text.split(/\s+/u).filter(Boolean).forEach(put)
  if (line !== '') lines.push(line)
  return lines.length > 0 ? lines : ['']
}

interface Block {
  school: School
  name: string[]
  state: string[]
  height: number
}

function block(school: School, width: number): Block {
  const together = school.state.join(' · ')
  const state = textWidth(together) <= width ? [together] : school.state.flatMap((part) => wrap(part, width))
  const name = wrap(school.name, width)
  return { school, name, state, height: (name.length + state.length) * LINE_PX }
}

const stacked = (blocks: Block[]): number => blocks.reduce((height, { height: own }) => height + own + GAP_PX, 0)

function place(block: Block, top: number, x: number, side: 'left' | 'right', path: (y: number) => string): Place {
  const y = top + LINE_PX / 2
  const lines = [...block.name.map((text) => ({ text, of: 'name' as const })), ...block.state.map((text) => ({ text, of: 'state' as const }))]
  return {
    id: block.school.id,
    x,
    y,
    textX: side === 'left' ? x - TO_WORDS_PX : x + TO_WORDS_PX,
    anchor: side === 'left' ? 'end' : 'start',
    lines: lines.map((line, index) => ({ ...line, y: top + index * LINE_PX + 16 })),
    path: path(y),
    top,
    bottom: top + block.height,
  }
}

export function layout(own: string, schools: readonly School[], width: number): Layout {
  return width < TWO_COLUMNS_PX ? oneColumn(own, schools, width) : twoColumns(own, schools, width)
}

/** Our school above, and one road down that parts for each of the others. */
function oneColumn(own: string, schools: readonly School[], width: number): Layout {
  const [hubX, x] = [MARGIN_PX + HUB_PX, MARGIN_PX + HUB_PX + 44]
  const names = wrap(own, width - hubX - HUB_PX - TO_WORDS_PX)
  const hubY = MARGIN_PX + HUB_PX
  let top = Math.max(hubY + HUB_PX, MARGIN_PX + names.length * LINE_PX) + GAP_PX
  const corner = 14
  const places = schools.map((school) => {
    const made = block(school, width - x - TO_WORDS_PX - 2)
    const placed = place(made, top, x, 'right', (y) => `M${hubX} ${y - corner}Q${hubX} ${y} ${hubX + corner} ${y}H${x - DOT_PX}`)
    top += made.height + GAP_PX
    return placed
  })
  const last = places.at(-1)
  return {
    width,
    height: top,
    hub: { x: hubX, y: hubY, bar: undefined, anchor: 'start', lines: names.map((text, index) => ({ text, x: hubX + HUB_PX + 10, y: hubY + 6 + index * LINE_PX })) },
    trunk: last && `M${hubX} ${hubY + HUB_PX}V${last.y - corner}`,
    places,
  }
}

/** Our school in the middle, half of the others on each side. */
function twoColumns(own: string, schools: readonly School[], width: number): Layout {
  const words = Math.min(340, width * 0.37)
  const hubX = width / 2
  const left = MARGIN_PX + words + TO_WORDS_PX
  const blocks = schools.map((school) => block(school, words))
  // In turn, so that those that stand first are at the top of both sides.
  const [onLeft, onRight] = [blocks.filter((_, index) => index % 2 === 1), blocks.filter((_, index) => index % 2 === 0)]
  const names = wrap(own, Math.max(120, width - 2 * left - 4 * DOT_PX))
  const least = 2 * HUB_PX + 2 * (names.length + 1) * LINE_PX
  const height = Math.max(stacked(onLeft) - GAP_PX, stacked(onRight) - GAP_PX, least) + 2 * MARGIN_PX
  const hubY = height / 2
  const spread = schools.length > ROADS_AT_A_POINT ? SPREAD : 0
  const column = (blocks: Block[], x: number, side: 'left' | 'right') => {
    let top = (height - stacked(blocks) + GAP_PX) / 2
    const towards = side === 'left' ? -1 : 1
    return blocks.map((made) => {
      const [from, to] = [hubX + towards * (spread > 0 ? BAR_PX : HUB_PX), x - towards * DOT_PX]
      const leaves = (y: number) => hubY + (y - hubY) * spread
      const placed = place(made, top, x, side, (y) => `M${from} ${leaves(y)}C${(from + to) / 2} ${leaves(y)} ${(from + to) / 2} ${y} ${to} ${y}`)
      top += made.height + GAP_PX
      return placed
    })
  }
  const places = [...column(onLeft, left, 'left'), ...column(onRight, width - left, 'right')]
  const above = MARGIN_PX + names.length * LINE_PX + HUB_PX + 6
  const reach = BAR_PX + Math.max(0, ...places.map(({ y }) => Math.abs(y - hubY))) * spread
  const order = new Map(schools.map(({ id }, index) => [id, index]))
  return {
    width,
    height,
    hub: {
      x: hubX,
      y: spread > 0 ? above : hubY,
      bar: spread > 0 ? { half: BAR_PX, top: Math.min(above, hubY - reach), bottom: hubY + reach } : undefined,
      anchor: 'middle',
      // Below the point, among few roads; above it, where there are none, among many.
      lines: names.map((text, index) => ({ text, x: hubX, y: spread > 0 ? MARGIN_PX + 16 + index * LINE_PX : hubY + HUB_PX + 22 + index * LINE_PX })),
    },
    trunk: undefined,
    places: places.sort((a, b) => (order.get(a.id) ?? 0) - (order.get(b.id) ?? 0)),
  }
}
