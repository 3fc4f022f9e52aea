// Where others stand in a document, told by passing messages: they reach whoever has it open, at any school, and are kept nowhere. What they say
// is anybody's word, so it is shown and never used for anything else.
import type { Handle, Heard } from './handle'

/** One place in the document: a field, and in a rich text the caret or what is chosen, as Automerge cursors. */
export interface Spot {
  /** The path of the field, joined by "/". */
  field: string
  from: string
  to: string
}

export interface Other extends Spot {
  /** Which tab it is. */
  tab: string
  name: string
  school: string
}

/** The node passes on 20 a second of a tab; a caret is well seen with fewer. */
const TELL_EVERY_MS = 300
/** Said again while one stays, for whoever came later. */
const TELL_AGAIN_MS = 4_000
/** Two sayings may be lost. */
const FORGET_MS = 3 * TELL_AGAIN_MS
/** A crowd at one document is some thirty; more are somebody's mischief. */
const OTHERS_LIMIT = 64
/** What comes in between is shown together. */
const SHOW_EVERY_MS = 100
/** A name is a line, not a page. */
const NAME_LETTERS = 80
const FIELD_LETTERS = 160
const CURSOR_LETTERS = 120

const FIELD = /^\w+(?:\/\w+){0,3}$/
const CURSOR = /^[\w@*.-]*$/
const SCHOOL = /^[0-9a-f]{64}$/

/** A name as it is told to others: one line, of a length that a line holds. */
export function nameToTell(name: string): string {
  const line = name.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim()
  return [...line].slice(0, NAME_LETTERS).join('')
}

/** What a message says, as far as it has the form of ours; nothing for anything else. */
export function heard(message: unknown): (Spot & { name: string; school: string }) | undefined {
  if (typeof message !== 'object' || message === null) return undefined
  const of = (key: string, most: number): string | undefined => {
    const value: unknown = Object.hasOwn(message, key) ? (message as Record<string, unknown>)[key] : undefined
    return typeof value === 'string' && value.length <= most ? value : undefined
  }
  const [field, from, to] = [of('field', FIELD_LETTERS), of('from', CURSOR_LETTERS), of('to', CURSOR_LETTERS)]
  const [name, school] = [of('name', 4 * NAME_LETTERS), of('school', 64)]
  if (field === undefined || from === undefined || to === undefined || name === undefined || school === undefined) return undefined
  if ((field !== '' && !FIELD.test(field)) || !CURSOR.test(from) || !CURSOR.test(to) || !SCHOOL.test(school)) return undefined
  return { field, from, to, name: nameToTell(name), school }
}

type Timer = ReturnType<typeof setTimeout> | undefined
const NOWHERE: Spot = { field: '', from: '', to: '' }

export class Others {
  /** Who stands where, without those who stand nowhere. */
  all = $state.raw<readonly Other[]>([])
  /** Whether anybody is there to be told. */
  #company = false
  #here: Spot = NOWHERE
  #told: Spot = NOWHERE
  #handle: Pick<Handle<unknown>, 'on' | 'off' | 'broadcast'> | undefined
  #who: () => { name: string; school: string } = () => ({ name: '', school: '' })
  readonly #heard = new Map<string, { other: Other; at: number }>()
  #telling: Timer
  #again: Timer
  #showing: Timer
  #sweeping: Timer
  readonly #onMessage = ({ senderId, message }: Heard) => this.#take(senderId, message)

  listen(handle: Pick<Handle<unknown>, 'on' | 'off' | 'broadcast'>, who: () => { name: string; school: string }): void {
    this.stop()
    this.#who = who
    this.#handle = handle
    handle.on('ephemeral-message', this.#onMessage)
  }

  stop(): void {
    this.stand(NOWHERE)
    this.#tell()
    for (const timer of [this.#telling, this.#again, this.#showing, this.#sweeping]) clearTimeout(timer)
    this.#telling = this.#again = this.#showing = this.#sweeping = undefined
    this.#handle?.off('ephemeral-message', this.#onMessage)
    this.#handle = undefined
    this.#heard.clear()
    this.all = []
  }

  /** Whether others have the document open, as the node says. Nothing is sent into an empty room. */
  set company(company: boolean) {
    if (company && !this.#company) this.#told = NOWHERE
    this.#company = company
    this.#soon()
  }

  /** The person stands here now. */
  stand(spot: Spot): void {
    this.#here = spot
    this.#soon()
  }

  /** The person has left that field, unless they stand in another already. */
  leave(field: string): void {
    if (this.#here.field === field) this.stand(NOWHERE)
  }

  #soon(): void {
    if (this.#handle && this.#company && !sameSpot(this.#here, this.#told)) this.#telling ??= setTimeout(() => this.#tell(), TELL_EVERY_MS)
  }

  #tell(): void {
    clearTimeout(this.#telling)
    clearTimeout(this.#again)
    this.#telling = this.#again = undefined
    if (!this.#handle || !this.#company) return
    if (this.#here.field === '' && this.#told.field === '') return
    this.#told = this.#here
    const who = this.#who()
    if (who.name !== '') this.#handle.broadcast({ ...this.#here, ...who })
    if (this.#here.field !== '') this.#again = setTimeout(() => this.#tell(), TELL_AGAIN_MS)
  }

  #take(tab: string, message: unknown): void {
    const said = heard(message)
    if (!said) return
    if (said.field === '' || said.name === '') this.#heard.delete(tab)
    else if (this.#heard.has(tab) || this.#heard.size < OTHERS_LIMIT) this.#heard.set(tab, { other: { ...said, tab }, at: performance.now() })
    this.#showing ??= setTimeout(() => this.#show(), SHOW_EVERY_MS)
  }

  #show(): void {
    clearTimeout(this.#sweeping)
    this.#showing = this.#sweeping = undefined
    const now = performance.now()
    for (const [tab, { at }] of this.#heard) if (now - at >= FORGET_MS) this.#heard.delete(tab)
    this.all = [...this.#heard.values()].map(({ other }) => other)
    if (this.#heard.size > 0) this.#sweeping = setTimeout(() => this.#show(), TELL_AGAIN_MS)
  }
}

const sameSpot = (a: Spot, b: Spot): boolean => a.field === b.field && a.from === b.from && a.to === b.to

/** So many marks are told apart at a glance (tokens.css). */
const MARKS = 6

/** Which mark a school has beside its people's names: the same at every tab. */
export function markOf(school: string): number {
  return (parseInt(school.slice(0, 8), 16) || 0) % MARKS
}
