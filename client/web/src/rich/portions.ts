// A large step of a rich text (a pasted report, its undoing) as several changes: a change may only be so large (edit/portions.ts).
// What differs is found between the spans of the document and the spans wanted, taken out, and put in piece by piece.
import * as A from '@automerge/automerge/slim'
import type { Prop, Span } from '@automerge/automerge/slim'
import type { SchemaAdapter } from '@automerge/prosemirror'
import type { Fragment } from 'prosemirror-model'
import { ReplaceAroundStep, ReplaceStep } from 'prosemirror-transform'
import type { Transaction } from 'prosemirror-state'
import type { Drift } from '../edit/drift'
import { LETTERS_IN_A_CHANGE, LETTERS_REMOVED_AT_ONCE, parts, wholeLetters } from '../edit/portions'
import type { TextHandle } from './sync'

/** What a block and a mark cost beside a letter: some 100 and some 20 bytes, measured. A link costs its address too. */
const LETTERS_OF_A_BLOCK = 64
const LETTERS_OF_A_MARK = 16

/** Text of one set of marks, or a block, which is one unit long. */
interface Piece {
  text: string
  marks: A.MarkSet
  block?: Extract<Span, { type: 'block' }>['value']
  /** Equal for pieces that differ in their words only. */
  key: string
}
const BLOCK = '\ufffc'

/** Equal for equal values: Automerge gives the fields of a span in any order. */
export function inOneWriting(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part
    if ('val' in part) return String(part.val)
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
}

function pieces(spans: readonly Span[]): Piece[] {
  const all: Piece[] = []
  for (const span of spans) {
    if (span.type === 'block') {
      all.push({ text: BLOCK, marks: {}, block: span.value, key: `block ${inOneWriting(span.value)}` })
      continue
    }
    const marks = span.marks ?? {}
    const key = `text ${inOneWriting(marks)}`
    const last = all[all.length - 1]
    if (last?.key === key) last.text += span.value
    else all.push({ text: span.value, marks, key })
  }
  return all
}

const words = (all: readonly Piece[]): string => all.map(({ text }) => text).join('')

function turned(all: readonly Piece[]): Piece[] {
  return all.map((piece) => ({ ...piece, text: piece.text.split('').reverse().join('') })).reverse()
}

/** How many units two texts have in common from their beginning. */
function common(a: readonly Piece[], b: readonly Piece[]): number {
  let units = 0
  for (let index = 0; ; index += 1) {
    const [one, other] = [a[index], b[index]]
    if (!one || !other || one.key !== other.key) return units
    if (one.text !== other.text) {
      let at = 0
      while (at < one.text.length && one.text[at] === other.text[at]) at += 1
      return units + at
    }
    units += one.text.length
  }
}

/** The pieces of `all` between two units. */
function between(all: readonly Piece[], from: number, to: number): Piece[] {
  const found: Piece[] = []
  let at = 0
  for (const piece of all) {
    const text = piece.text.slice(Math.max(0, from - at), Math.max(0, to - at))
    if (text !== '') found.push({ ...piece, text })
    at += piece.text.length
  }
  return found
}

function cost(piece: Piece): number {
  if (piece.block) return LETTERS_OF_A_BLOCK
  const marks = Object.values(piece.marks)
  return marks.reduce<number>((sum, value) => sum + LETTERS_OF_A_MARK + String(value).length, piece.text.length)
}

/** Neighbours together, as many as one change carries. */
function loads<P extends Piece>(all: readonly P[]): P[][] {
  const done: P[][] = []
  let load: P[] = []
  let spent = 0
  for (const piece of all) {
    if (load.length > 0 && spent + cost(piece) > LETTERS_IN_A_CHANGE) {
      done.push(load)
      load = []
      spent = 0
    }
    load.push(piece)
    spent += cost(piece)
  }
  return load.length > 0 ? [...done, load] : done
}

/** Marks of the nearest words before and after a place: what words put there may take on. */
interface Beside {
  left: A.MarkSet
  right: A.MarkSet
}

function putWords(adapter: SchemaAdapter, draft: A.Doc<unknown>, path: Prop[], at: number, piece: Piece, { left, right }: Beside): void {
  A.splice(draft, path, at, 0, piece.text)
  const { perMarkExpand } = adapter.updateSpansConfig()
  // Asking Automerge which marks the words have taken on walks the whole text each time, so all that they may have are set or unset.
  for (const name of new Set([...Object.keys(left), ...Object.keys(right), ...Object.keys(piece.marks)])) {
    const value = piece.marks[name] ?? null
    const range = { start: at, end: at + piece.text.length, expand: perMarkExpand?.[name] ?? 'both' } as const
    if (value === null) A.unmark(draft, path, range, name)
    else A.mark(draft, path, range, name, value)
  }
}

const marksOf = (piece: Piece | undefined): A.MarkSet => piece?.marks ?? {}

/** Brings the text at `path` to `want`, in as many changes as it takes. */
export function writeInPortions(adapter: SchemaAdapter, handle: Pick<TextHandle, 'doc' | 'change'>, path: Prop[], want: readonly Span[]): void {
  for (const _ of portionsTo(adapter, handle, path, want));
}

/** The same, a change at a time; gives how many of how many are done. `drift` knows what others have written in the text meanwhile. */
export function* portionsTo(adapter: SchemaAdapter, handle: Pick<TextHandle, 'doc' | 'change'>, path: Prop[], want: readonly Span[], drift?: Drift): Generator<[done: number, of: number]> {
  const now = (at: number): number => drift?.now(at) ?? at
  const [old, next] = [pieces(A.spans(handle.doc(), path)), pieces(want)]
  const [before, after] = [words(old), words(next)]
  const start = wholeLetters(before, common(old, next))
  const most = Math.min(before.length, after.length) - start
  let same = Math.min(most, common(turned(old), turned(next)))
  if (wholeLetters(before, before.length - same) < before.length - same) same -= 1
  const removals = parts(before.slice(start, before.length - same), LETTERS_REMOVED_AT_ONCE)
  const beside: Beside = {
    left: marksOf(between(next, 0, start).findLast(({ block }) => !block)),
    right: marksOf(between(next, after.length - same, after.length).find(({ block }) => !block)),
  }
  const added = between(next, start, after.length - same)
  // All blocks come before the words between them: a block costs a walk of the text, words do not.
  let at = start
  const blocks = loads(added.filter(({ block }) => block))
  const placed: (Piece & { at: number })[] = []
  at = start
  for (const piece of added)
    for (const text of piece.block ? [piece.text] : parts(piece.text)) {
      if (!piece.block) placed.push({ ...piece, text, at })
      at += text.length
    }
  const texts = loads(placed)
  const of = removals.length + blocks.length + texts.length
  let done = 0
  for (const { length } of removals) {
    handle.change((draft) => A.splice(draft as A.Doc<unknown>, path, now(start), length))
    drift?.ours({ at: start, remove: length, insert: '' })
    yield [(done += 1), of]
  }
  at = start
  for (const load of blocks) {
    const first = at
    handle.change((draft) => {
      for (const { block } of load) if (block) A.splitBlock(draft as A.Doc<unknown>, path, now(at++), block)
    })
    drift?.ours({ at: first, remove: 0, insert: BLOCK.repeat(at - first) })
    yield [(done += 1), of]
  }
  for (const load of texts) {
    handle.change((draft) => {
      for (const piece of load) {
        putWords(adapter, draft as A.Doc<unknown>, path, now(piece.at), piece, beside)
        beside.left = piece.marks
      }
    })
    for (const { at, text } of load) drift?.ours({ at, remove: 0, insert: text })
    yield [(done += 1), of]
  }
}

function costOf(content: Fragment): number {
  let sum = content.size
  content.descendants((node) => {
    sum += node.isText ? node.marks.length * LETTERS_OF_A_MARK : LETTERS_OF_A_BLOCK
  })
  return sum
}

/** Whether what these transactions write is more than one change carries. */
export function tooMuchAtOnce(transactions: readonly Transaction[]): boolean {
  let sum = 0
  for (const { steps, docs } of transactions)
    steps.forEach((step, index) => {
      if (step instanceof ReplaceStep) sum += step.to - step.from + costOf(step.slice.content)
      // The words within stay; their blocks are written anew.
      else if (step instanceof ReplaceAroundStep)
        docs[index]?.nodesBetween(step.from, step.to, (node) => {
          if (!node.isText) sum += LETTERS_OF_A_BLOCK
        })
    })
  return sum > LETTERS_IN_A_CHANGE
}
