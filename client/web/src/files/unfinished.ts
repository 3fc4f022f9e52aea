// Files that were not sent to the end, as this browser remembers them beyond the tab: the node has a part of each, and the same file goes on from there.
import type { Keeping } from '../data/copies'
import { SUM_BYTES, UNFINISHED_LIMIT, UNFINISHED_QUIET_MS } from './limits'
import { Sum, type SentPart } from './sum'

export type How = 'smaller' | 'original' | 'as_it_is'

/** A file as it was chosen. Whoever chooses it again is known by this. */
export interface Chosen {
  name: string
  size: number
  lastModified: number
}

export interface Unfinished extends Chosen {
  /** The node's name for what came. */
  upload: string
  document: string
  at: string
  how: How
  /** What is sent of the file: see `markOf`. */
  content: string
  /** How much of that was sent for sure, and its sum. */
  sent: SentPart
  /** In which tab it went, and when the last piece of it came. */
  tab: string
  seen: number
}

export const NOTHING_SENT: SentPart = new Sum().part

const ALL = 'jeli.unfinished/'
const part = encodeURIComponent

export class UnfinishedFiles {
  readonly #keeping: Keeping | undefined
  readonly #ours: string

  constructor(keeping: Keeping | undefined, person: string) {
    this.#keeping = keeping
    this.#ours = `${ALL}${part(person)}/`
  }

  /** Those that go on in no tab, as far as is known; oldest first. */
  all(tab: string, now: number): Unfinished[] {
    return this.#kept().filter((each) => each.tab === tab || Math.abs(now - each.seen) > UNFINISHED_QUIET_MS)
  }

  note(file: Unfinished): void {
    const others = this.#kept().filter(({ upload }) => upload !== file.upload)
    for (const { upload } of others.slice(0, Math.max(0, others.length + 1 - UNFINISHED_LIMIT))) this.forget(upload)
    this.#write(file)
  }

  /** A piece of it has come. */
  moves(upload: string, now: number, sent?: SentPart): void {
    const file = this.#kept().find((each) => each.upload === upload)
    if (file) this.#write({ ...file, seen: now, sent: sent ?? file.sent })
  }

  forget(upload: string): void {
    try {
      this.#keeping?.removeItem(this.#ours + part(upload))
    } catch {
      // Nothing is kept there.
    }
  }

  #write(file: Unfinished): void {
    try {
      this.#keeping?.setItem(this.#ours + part(file.upload), JSON.stringify(file))
    } catch {
      // A browser that keeps nothing more: the file is sent all the same.
    }
  }

  #kept(): Unfinished[] {
    return keysIn(this.#keeping, this.#ours)
      .flatMap((key) => fileFrom(this.#keeping?.getItem(key)) ?? [])
      .sort((a, b) => a.seen - b.seen)
  }
}

/** Nothing of what somebody sent stays at a shared computer. */
export function forgetUnfinished(keeping: Keeping | undefined, person: string): void {
  for (const key of keysIn(keeping, `${ALL}${part(person)}/`)) keeping?.removeItem(key)
}

function keysIn(keeping: Keeping | undefined, prefix: string): string[] {
  try {
    return Array.from({ length: keeping?.length ?? 0 }, (_, index) => keeping?.key(index) ?? '').filter((key) => key.startsWith(prefix))
  } catch {
    return []
  }
}

const TEXTS = ['upload', 'document', 'at', 'name', 'content', 'tab'] as const
const NUMBERS = ['size', 'lastModified', 'seen'] as const
const HOWS: readonly unknown[] = ['smaller', 'original', 'as_it_is'] satisfies How[]

/** Nothing for what another version of the page wrote. */
function fileFrom(text: string | null | undefined): Unfinished | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '')
    if (typeof value !== 'object' || value === null) return undefined
    const fields = value as Record<string, unknown>
    const isOne = TEXTS.every((name) => typeof fields[name] === 'string') && NUMBERS.every((name) => typeof fields[name] === 'number') && HOWS.includes(fields['how'])
    const { bytes, sum } = Object(fields['sent']) as Record<string, unknown>
    return isOne && Number.isSafeInteger(bytes) && typeof sum === 'string' ? (value as Unfinished) : undefined
  } catch {
    return undefined
  }
}

/** Whether it may be the same file: its content tells (`markOf`). A phone gives a file a new date each time that it is chosen. */
export const isSame = (a: Chosen, b: Chosen): boolean => a.name === b.name && a.size === b.size

/** The likeliest of them. */
export function sameIn<T extends Chosen>(known: readonly T[], file: Chosen): T | undefined {
  const same = known.filter((each) => isSame(each, file))
  return same.find(({ lastModified }) => lastModified === file.lastModified) ?? same[0]
}

/** So many bytes at each end of a content. */
const END_BYTES = 256 << 10

/** By which a content is likely the same: a photo that is made smaller once more may come out otherwise. Whether the part that was sent is, `partOf` says. */
export async function markOf(content: Blob): Promise<string> {
  const ends = content.size <= 2 * END_BYTES ? [content] : [content.slice(0, END_BYTES), content.slice(-END_BYTES)]
  let sum = 0x811c9dc5
  for (const end of ends) for (const byte of new Uint8Array(await end.arrayBuffer())) sum = Math.imul(sum ^ byte, 0x01000193)
  return `${content.size}-${(sum >>> 0).toString(16)}`
}

/** The sum of the part that was sent, where this content begins with it: two versions of a film may differ in the middle alone. At most the piece that was
 * on its way when the page went is not looked at. */
export async function partOf(content: Blob, sent: SentPart, signal?: AbortSignal): Promise<Sum | undefined> {
  const sum = new Sum()
  while (sum.bytes < sent.bytes) {
    signal?.throwIfAborted()
    const bytes = new Uint8Array(await content.slice(sum.bytes, Math.min(sent.bytes, sum.bytes + SUM_BYTES)).arrayBuffer())
    if (bytes.length === 0) return undefined
    sum.add(bytes)
  }
  return sum.part.sum === sent.sum ? sum : undefined
}
