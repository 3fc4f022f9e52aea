// All that is said about one open document, from all its companions, as one.
import { getContext, setContext } from 'svelte'
import { api } from '../data/api'
import { listing } from '../data/listing.svelte'
import { session } from '../data/session.svelte'
import { oneOf, said, SETTLED, type Common, type Companion, type Remark, type Suggestion } from '../edit/kinds'
import { ordered, setPlain, setWord, textAt, word, writeText } from '../edit/paths'
import type { Id } from '../edit/order'
import type { LiveDocument } from '../live/document.svelte'
import { giveBack, take } from '../live/shelf'
import { locale } from '../locale/locale.svelte'
import { accept } from './accept'
import { QUOTE_LETTERS, standing, type Place, type Standing } from './anchor'
import { asOne, companionsOf, maySpeakOf } from './found'
import type { Marked } from '../rich/marked'
import { saidNow } from './who'

type Home = LiveDocument<Companion>
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
  #homes = $state.raw<Home[]>([])
  #doc = $state.raw() as unknown
  readonly #leaving = new AbortController()
  readonly #asked = new Set<string>()
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(live: LiveDocument<Common>) {
    this.live = live
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

  /** Whether this person may say something here; it takes no right to write in the document. */
  get mayTalk(): boolean {
    return maySpeakOf(this.live, session.me, listing.space(this.live.info.space))
  }

  /** Called whenever the listing has changed. */
  follow(): void {
    if (listing.documents === undefined) void listing.refresh()
    for (const { id } of companionsOf(listing.documents ?? [], this.live.info)) void this.#open(id)
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
    this.#leaving.abort()
    for (const { id } of this.#homes) giveBack(id)
    this.#homes = []
  }

  async say(place: Place, text: string): Promise<Id> {
    const home = await this.#home()
    const quote = place.quote.slice(0, QUOTE_LETTERS)
    const id = home.add('remarks', { ...placeFields(place), quote, text, ...saidNow() }, ordered(home.doc.remarks))
    this.composing = undefined
    return id
  }

  async answer(entry: RemarkEntry, text: string): Promise<void> {
    const home = await this.#home()
    home.add('remarks', { field: word(said(entry.item.field)), answers: word(entry.id), text, ...saidNow() }, ordered(home.doc.remarks))
  }

  async suggest(place: Place, instead: string, why: string): Promise<Id> {
    const home = await this.#home()
    const id = home.add('suggestions', { ...placeFields(place), quote: place.quote, instead, why, ...saidNow() }, ordered(home.doc.suggestions))
    this.composing = undefined
    return id
  }

  resolve(entry: RemarkEntry, resolved: boolean): void {
    entry.home.change((draft) => setPlain(draft, ['remarks', entry.id, 'resolved'], resolved))
  }

  settle(entry: SuggestionEntry, how: 'open' | 'accepted' | 'declined'): void {
    if (how === 'accepted') this.live.change((draft) => accept(draft, entry.item))
    const by = ['suggestions', entry.id, 'settled_by']
    entry.home.change((draft) => {
      setWord(draft, ['suggestions', entry.id, 'settled'], how)
      writeText(draft, by, { at: 0, remove: textAt(draft, by).length, insert: how === 'open' ? '' : (session.me?.person.name ?? '') })
    })
  }

  #remarks(): RemarkEntry[] {
    const all = asOne(this.#homes.map((home) => ordered(home.doc.remarks).map(({ id, item }) => ({ id, item, home }))))
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
    const all = asOne(this.#homes.map((home) => ordered(home.doc.suggestions).map(({ id, item }) => ({ id, item, home }))))
    return all.map((each) => ({ ...each, is: 'suggestion', at: standing(this.#doc, each.item), open: oneOf(SETTLED, each.item.settled) === 'open' }))
  }

  async #open(id: string): Promise<void> {
    if (this.#asked.has(id)) return
    this.#asked.add(id)
    try {
      const home = await take<Companion>(id, this.#leaving.signal)
      if (this.#leaving.signal.aborted) return giveBack(id)
      this.#homes = [...this.#homes, home].sort((a, b) => (a.id < b.id ? -1 : 1))
    } catch {
      // It is asked for again with the next change of the listing.
      this.#asked.delete(id)
    }
  }

  /** The companion that takes new words; made by whoever says the first of them. */
  async #home(): Promise<Home> {
    const ready = () => this.#homes.find((home) => home.writable)
    if (ready()) return ready() as Home
    await listing.refresh()
    await Promise.all(companionsOf(listing.documents ?? [], this.live.info).map(({ id }) => this.#open(id)))
    return ready() ?? (await this.#make())
  }

  async #make(): Promise<Home> {
    const { id: about, info } = this.live
    const isPrivate = listing.space(info.space)?.private ?? false
    // The title says what it is about to a node that tells no facts.
    const made = await api.createDocument({ space: info.space, kind: 'companion', title: about, about, language: locale.language, write_rule: isPrivate ? 'owner' : 'everyone' })
    await this.#open(made.id)
    const home = this.#homes.find(({ id }) => id === made.id)
    if (!home) throw new Error('the companion was made and did not open')
    return home
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
