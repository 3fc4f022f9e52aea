// The history of a document as people tell it: who wrote, from which school, when. One moment is what one person (or several who wrote together)
// did without a longer pause; to Automerge each letter is a change.
import type { ChangeMetadata, Heads } from '@automerge/automerge/slim'
import { prefixOf } from './prefix'

/** As much of a change as the history needs. */
export type Change = Pick<ChangeMetadata, 'actor' | 'hash' | 'deps' | 'time' | 'message'>

export interface Moment {
  /** `answers`: a node has counted those that came to a questionnaire on one day. */
  is: 'written' | 'answers'
  /** Actors of those who wrote, each person once. */
  writers: Writer[]
  /** Milliseconds, as the writers' clocks said; of answers, the middle of their day. */
  from: number
  to: number
  changes: number
  /** Up to and with this change, in the order of `Line`. */
  end: number
  /** The document as this moment left it. */
  heads: Heads
}

/** A person as far as the changes tell: the node's part of the actor, and the name given. */
export interface Writer {
  name: string
  actor: string
  /** When they wrote last. */
  at: number
}

/** After a pause of this length one has begun anew. */
const PAUSE_MS = 10 * 60_000
/** Who writes again within this time has not stopped while another wrote too. */
const TOGETHER_MS = 2 * 60_000
/** Of answers a change says on which day they came, by the midnight that it began with at the school. Noon is on that day in other zones too. */
const NOON_MS = 12 * 3_600_000
/** No zone is off by less. */
const QUARTER_S = 15 * 60

/** All changes in one line: what a change rests on stands before it, and else the earlier one does. */
export class Line {
  readonly changes: Change[] = []
  /** By the clock, but never before what they rest on: some clocks are a year behind. */
  readonly #times: number[] = []
  readonly #at = new Map<string, number>()
  readonly #names = new Map<string, string>()

  /** Takes in more of the document's changes, in an order in which each stands after those it rests on. */
  take(changes: readonly Change[]): void {
    const times = new Map<string, number>()
    const timeOf = (hash: string): number => times.get(hash) ?? this.#times[this.#at.get(hash) ?? -1] ?? 0
    for (const { hash, deps, time } of changes) times.set(hash, deps.reduce((latest, dep) => Math.max(latest, timeOf(dep)), time * 1000))
    for (const { actor, message } of changes) if (message && !this.#names.has(actor)) this.#names.set(actor, message)
    const all = [...this.changes.map((change, at) => ({ change, time: this.#times[at] ?? 0 })), ...changes.map((change) => ({ change, time: times.get(change.hash) ?? 0 }))]
    // Sorting keeps the order of equals, and no change is earlier than what it rests on.
    all.sort((a, b) => a.time - b.time)
    this.changes.length = this.#times.length = 0
    for (const { change, time } of all) {
      this.#at.set(change.hash, this.changes.length)
      this.changes.push(change)
      this.#times.push(time)
    }
  }

  /** How far one must go along the line until all of `heads` are passed. */
  endOf(heads: Heads): number | undefined {
    const places = heads.map((hash) => this.#at.get(hash))
    return places.includes(undefined) ? undefined : Math.max(-1, ...(places as number[]))
  }

  forget(): void {
    this.changes.length = this.#times.length = 0
    this.#at.clear()
    this.#names.clear()
  }

  nameOf(actor: string): string {
    return this.#names.get(actor) ?? ''
  }

  /** The first change of each actor of a node that may have written what the node counted: nobody's name, and only whole quarters of an hour, as
   * midnight is in any zone. What the changes touch says whether it is so. */
  get countersMaybe(): Change[] {
    const first = new Map<string, Change>()
    const others = new Set<string>()
    for (const change of this.changes) {
      if (prefixOf(change.actor) === undefined || this.#names.has(change.actor) || change.time === 0 || change.time % QUARTER_S !== 0) others.add(change.actor)
      else if (!first.has(change.actor)) first.set(change.actor, change)
    }
    return [...first.values()].filter(({ actor }) => !others.has(actor))
  }
}

/** Changes that every document of a kind begins with are nobody's: their actors are made from the kind's name. */
export function isMaking({ actor, time }: Change): boolean {
  return time === 0 && prefixOf(actor) === undefined
}

/** `counters`: actors with which nodes have counted answers, and done nothing else. */
export function momentsOf(line: Line, counters: ReadonlySet<string> = new Set()): Moment[] {
  const moments: Moment[] = []
  const heads = new Set<string>()
  for (const [at, change] of line.changes.entries()) {
    for (const dep of change.deps) heads.delete(dep)
    heads.add(change.hash)
    if (isMaking(change)) continue
    const is = counters.has(change.actor) ? 'answers' : 'written'
    const time = change.time * 1000 + (is === 'answers' ? NOON_MS : 0)
    const writer: Writer = { name: line.nameOf(change.actor), actor: change.actor, at: time }
    let moment = moments[moments.length - 1]
    if (moments.length === 1 && moment?.is === is && beginsWith(moment, writer)) moment.writers = [writer]
    else if (!moment || moment.is !== is || !goesOn(moment, writer)) {
      const earlier = moments[moments.length - 2]
      if (moment && earlier && [moment, earlier].every((each) => each.is === 'written') && is === 'written' && wroteJustNow(earlier, writer)) {
        moments.splice(-2, 2, (moment = joined(earlier, moment)))
      } else moments.push((moment = { is, writers: [], from: time, to: time, changes: 0, end: at, heads: [] }))
    }
    const known = moment.writers.find((each) => isSame(each, writer))
    if (known) known.at = time
    else moment.writers.push(writer)
    moment.from = Math.min(moment.from, time)
    moment.to = Math.max(moment.to, time)
    moment.changes += 1
    moment.end = at
    const next = line.changes[at + 1]
    // Copied where it may be the last: a set for each letter would be slow.
    if (!next || next.actor !== change.actor || Math.abs(next.time * 1000 - time) > TOGETHER_MS) moment.heads = [...heads]
  }
  return moments
}

/** Another opening of the page is another actor of the same person. */
function isSame(a: Writer, b: Writer): boolean {
  return a.actor === b.actor || (a.name === b.name && (prefixOf(a.actor) ?? a.actor) === (prefixOf(b.actor) ?? b.actor))
}

/** A document is made by its node, which names nobody: whoever writes there first, and soon, is who wanted it. */
function beginsWith({ writers, to }: Moment, { name, actor, at }: Writer): boolean {
  const node = prefixOf(actor)
  return name !== '' && node !== undefined && writers.every((each) => each.name === '' && prefixOf(each.actor) === node) && Math.abs(at - to) <= PAUSE_MS
}

function goesOn(moment: Moment, writer: Writer): boolean {
  if (moment.is === 'answers') return moment.from === writer.at
  const here = moment.writers.find((each) => isSame(each, writer))
  return here !== undefined && Math.abs(writer.at - moment.to) <= PAUSE_MS
}

function wroteJustNow(moment: Moment, writer: Writer): boolean {
  const here = moment.writers.find((each) => isSame(each, writer))
  return here !== undefined && Math.abs(writer.at - here.at) <= TOGETHER_MS
}

function joined(a: Moment, b: Moment): Moment {
  const writers = [...a.writers]
  for (const each of b.writers) {
    const known = writers.find((other) => isSame(other, each))
    if (known) known.at = Math.max(known.at, each.at)
    else writers.push(each)
  }
  return { is: a.is, writers, from: Math.min(a.from, b.from), to: Math.max(a.to, b.to), changes: a.changes + b.changes, end: b.end, heads: b.heads }
}
