// All that is said about one open document, from all its companions, as one.
import { getContext, setContext } from 'svelte'
import { session } from '../data/session.svelte'
import { oneOf, said, SETTLED, type Common, type Remark, type Settled, type Suggestion } from '../edit/kinds'
import { ordered, setPlain, setWord, textAt, word, writeText } from '../edit/paths'
import type { Id } from '../edit/order'
import type { Step } from '../edit/steps'
import { settle } from '../edit/values'
import type { LiveDocument } from '../live/document.svelte'
import { accept, repeated, takenBack, takeOutRepeated } from './accept'
import { QUOTE_LETTERS, standing, type Place, type Standing } from './anchor'
import { Companions, type Home } from './companions.svelte'
import { asOne } from './found'
import type { Marked } from '../rich/marked'
import { saidNow } from './who'

/** Something said, and the companion that holds it. */
interface Spoken<T> {
  id: Id
  item: T
  home: Home
}
export interface RemarkEntry extends Spoken<Remark> {
  is: 'remark'
  answers: Spoken<Remark>[]
  at: Standing
  open: boolean
}
export interface SuggestionEntry extends Spoken<Suggestion> {
  is: 'suggestion'
  at: Standing
  /** Two have accepted it apart, and its words stand twice. */
  twice: boolean
  /** It was accepted, and the old words stand again: here. */
  back: Place | undefined
  open: boolean
}
export type Entry = RemarkEntry | SuggestionEntry

export interface Composing {
  is: Entry['is']
  place: Place
  /** Where the person was, to come back to. */
  origin: HTMLElement | undefined
}

const KEY = 'jeli.commentary'
/** The name of the card in which something new is being written. */
export const COMPOSING = 'composing'
/** Where the document's words have changed, places are looked up again after this: not with each key. */
const SETTLE_MS = 150

export class Commentary {
  readonly live: LiveDocument<Common>
  chosen = $state<Id>()
  showing = $state(false)
  withSettled = $state(false)
  composing = $state.raw<Composing>()
  readonly #companions: Companions
  #doc = $state.raw() as unknown
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(live: LiveDocument<Common>) {
    this.live = live
    this.#companions = new Companions(live)
    this.#doc = live.doc
  }

  readonly all: Entry[] = $derived.by(() => [...this.#remarks(), ...this.#suggestions()])
  readonly open: Entry[] = $derived(this.all.filter((entry) => entry.open))
  readonly shown: Entry[] = $derived(this.withSettled ? this.all : this.open)
  /** How much is open in each field. */
  readonly fields: ReadonlyMap<string, number> = $derived.by(() => {
    const counts = new Map<string, number>()
    for (const { item, at } of this.open) if (at.is !== 'gone') counts.set(said(item.field), (counts.get(said(item.field)) ?? 0) + 1)
    return counts
  })
  readonly names: Set<string> = $derived(new Set(this.all.flatMap((entry) => [entry.item.name, ...(entry.is === 'remark' ? entry.answers.map(({ item }) => item.name) : [])])))

  /** The letters of a field that something is said about. */
  marksIn(field: string): Marked[] {
    const marks = this.shown.flatMap((entry): Marked[] =>
      said(entry.item.field) === field && entry.at.is === 'here' && entry.open
        ? [{ id: entry.id, is: entry.is, chosen: entry.id === this.chosen && this.showing, start: entry.at.start, end: entry.at.end }]
        : [],
    )
    const place = this.composing?.place
    const at = place?.field === field ? standing(this.#doc, place) : undefined
    return at?.is === 'here' ? [...marks, { id: COMPOSING, is: 'composing', chosen: true, start: at.start, end: at.end }] : marks
  }

  get mayTalk(): boolean {
    return this.#companions.maySpeak
  }

  /** Called whenever the listing has changed. */
  follow(): void {
    this.#companions.follow()
  }

  /** Called whenever the document has changed: what is said of it stands elsewhere then. */
  place(): void {
    const { doc } = this.live
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.#doc = this.live.doc
    }, doc === this.#doc ? 0 : SETTLE_MS)
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#companions.stop()
  }

  async say(place: Place, text: string): Promise<Id> {
    const home = await this.#companions.forWords()
    const quote = place.quote.slice(0, QUOTE_LETTERS)
    const id = home.add('remarks', { ...placeFields(place), quote, text, ...saidNow() }, ordered(home.doc.remarks))
    this.composing = undefined
    return id
  }

  async answer(entry: RemarkEntry, text: string): Promise<void> {
    const home = await this.#companions.forWords()
    home.add('remarks', { field: word(said(entry.item.field)), answers: word(entry.id), text, ...saidNow() }, ordered(home.doc.remarks))
  }

  async suggest(place: Place, instead: string, why: string): Promise<Id> {
    const home = await this.#companions.forWords()
    const id = home.add('suggestions', { ...placeFields(place), quote: place.quote, instead, why, ...saidNow() }, ordered(home.doc.suggestions))
    this.composing = undefined
    return id
  }

  resolve(entry: RemarkEntry, resolved: boolean): void {
    entry.home.change((draft) => setPlain(draft, ['remarks', entry.id, 'resolved'], resolved))
  }

  /** Returns the change in the document, where there was one. */
  settle(entry: SuggestionEntry, how: Settled): Step | undefined {
    const { live } = this
    const before = live.lastStep
    const item = { ...entry.item, ...entry.back }
    if (how === 'accepted') live.change((draft) => accept(draft, item))
    const by = ['suggestions', entry.id, 'settled_by']
    entry.home.change((draft) => {
      // What stands again is other letters than those that it was made for.
      for (const end of ['from', 'to'] as const) setWord(draft, ['suggestions', entry.id, end], said(item[end]))
      setWord(draft, ['suggestions', entry.id, 'settled'], how)
      // A name has its own line: two who settle it apart are two.
      writeText(draft, by, { at: 0, remove: textAt(draft, by).length, insert: how === 'open' ? '' : `${session.me?.person.name ?? ''}\n` })
    })
    return live.lastStep === before ? undefined : live.lastStep
  }

  /** Opens again what was settled a moment ago, and takes back what that has written in the document. */
  unsettle({ id, home }: SuggestionEntry, written: Step | undefined): void {
    if (written) this.live.undo(written)
    const item = home.doc.suggestions[id]
    if (item) this.settle(this.#entryOf({ id, home, item }, this.live.doc), 'open')
  }

  /** What two accepted apart is accepted once; whether its words stand once too is for whoever looks at them. */
  settleTwice(entry: SuggestionEntry, repeated: 'taken_out' | 'left'): void {
    if (repeated === 'taken_out') this.live.change((draft) => takeOutRepeated(draft, entry.item))
    entry.home.change((draft) => settle(draft, ['suggestions', entry.id, 'settled'], 'accepted'))
  }

  #remarks(): RemarkEntry[] {
    const all = asOne(this.#companions.all.map((home) => ordered(home.doc.remarks).map(({ id, item }) => ({ id, item, home }))))
    const known = new Set(all.map(({ id }) => id))
    const isAnswer = ({ item }: Spoken<Remark>) => known.has(said(item.answers))
    // An answer to what somebody took back at the same time stands by itself, never hidden.
    return all
      .filter((each) => !isAnswer(each))
      .map((each) => ({
        ...each,
        is: 'remark',
        answers: all.filter(({ item }) => said(item.answers) === each.id),
        at: standing(this.#doc, each.item),
        open: each.item.resolved !== true,
      }))
  }

  #suggestions(): SuggestionEntry[] {
    const all = asOne(this.#companions.all.map((home) => ordered(home.doc.suggestions).map(({ id, item }) => ({ id, item, home }))))
    return all.map((each) => this.#entryOf(each, this.#doc))
  }

  #entryOf(each: Spoken<Suggestion>, doc: unknown): SuggestionEntry {
    const settled = oneOf(SETTLED, each.item.settled)
    const twice = repeated(doc, each.item) !== undefined
    const back = settled === 'accepted' ? takenBack(doc, each.item) : undefined
    return { ...each, is: 'suggestion', at: standing(doc, { ...each.item, ...back }), twice, back, open: twice || back !== undefined || settled === 'open' }
  }
}

function placeFields({ field, from, to }: Place): Record<string, unknown> {
  return { field: word(field), from: word(from), to: word(to) }
}

/** For the fields of a page: what is said about the document that they show. */
export function offerCommentary(commentary: Commentary): void {
  setContext(KEY, commentary)
}

export function commentaryHere(): Commentary | undefined {
  return getContext<Commentary | undefined>(KEY)
}
