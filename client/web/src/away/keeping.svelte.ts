// Keeping documents on this device: a person's choice for this device, off until they make it. What it keeps serves one purpose: the desk
// opens and one writes on while the node is away.
import { whenAnswered } from '../data/api'
import { clock } from '../data/clock.svelte'
import { browserKeeping } from '../data/copies'
import type { DocumentInfo, DocumentStatus, Me, NodeInfo, Space, UnixMs } from '../data/types'
import { allWhoKeep, keepsHere, personHere, setKeepsHere, setPersonHere } from './here'
import { REMEMBER_AFTER_MS } from './limits'
import { ofDocument, storeOf, type KeptAnswer, type KeptDocument, type Store } from './store'

/** What the node answers at these addresses is needed to work without it. */
interface Answers {
  node: NodeInfo
  me: Me
  spaces: Space[]
  documents: DocumentInfo[]
}
const WANTED = /^(node|me|spaces|documents(\/[^/?]+(\/status)?)?)$/

export interface Recalled<T> {
  value: T
  /** When the node said so. */
  at: UnixMs
}

/** A document with words that are on this device alone, when they were written, and what it was called. */
export interface Waiting {
  document: string
  title: string
  at: UnixMs
  /** Under which they were written. */
  actors: readonly string[]
}

class KeepingHere {
  /** Whether whoever is signed in keeps documents on this device. */
  on = $state(false)
  documents = $state.raw<readonly KeptDocument[]>([])
  /** Documents with words that are on this device alone, as of the last look. */
  unsent = $state.raw<ReadonlySet<string>>(new Set())
  /** The browser had no room for a document. */
  full = $state(false)
  /** Called when somebody chooses to keep documents: what is at hand is kept at once. */
  onChosen: () => void = () => {}
  #person: string | undefined
  readonly #answered = new Map<string, Recalled<unknown>>()
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor() {
    whenAnswered((path, value) => this.#remember(path, value))
    globalThis.addEventListener?.('pagehide', () => {
      if (this.on && this.#answered.size > 0) this.#write()
    })
  }

  /** The store of whoever is signed in, also for those who keep no documents: their unsent words are there. */
  get store(): Store | undefined {
    return this.#person === undefined || typeof indexedDB === 'undefined' ? undefined : storeOf(this.#person)
  }

  /** The node says that this person is signed in here. Documents that somebody else kept go; their unsent words wait for them. */
  async enter(person: string): Promise<void> {
    const keeping = browserKeeping()
    if (this.#person !== undefined && this.#person !== person) this.#answered.clear()
    this.#person = person
    setPersonHere(keeping, person)
    this.on = keepsHere(keeping, person)
    await Promise.all(allWhoKeep(keeping).filter((other) => other !== person).map((other) => clearDocuments(storeOf(other))))
  }

  /** Nobody is signed in any more. */
  leave(): void {
    setPersonHere(browserKeeping(), undefined)
    this.#person = undefined
    this.on = false
    this.documents = []
    this.unsent = new Set()
    this.#answered.clear()
  }

  async choose(choice: 'yes' | 'no'): Promise<void> {
    if (this.#person === undefined) return
    setKeepsHere(browserKeeping(), this.#person, choice)
    this.on = choice === 'yes'
    this.full = false
    if (this.on) {
      this.#write()
      this.onChosen()
      // Else a browser that is short of room may let go of everything here.
      await navigator.storage?.persist?.().catch(() => false)
    } else {
      const { store } = this
      if (store) await clearDocuments(store)
    }
    await this.look()
  }

  /** Reads again what is kept. */
  async look(): Promise<void> {
    this.documents = (this.on && (await this.store?.all('documents').catch(() => undefined))) || []
  }

  async lookUnsent(): Promise<void> {
    const keys = (await this.store?.keys('unsent').catch(() => undefined)) ?? []
    this.unsent = new Set(keys.map((key) => String((key as IDBValidKey[])[0])))
  }

  /** The documents in which words wait on this device that the node has not confirmed. */
  async waiting(): Promise<Waiting[]> {
    const rows = (await this.store?.all('unsent').catch(() => undefined)) ?? []
    const found = new Map<string, Waiting>()
    // The newest row says what the document is called now.
    for (const { document, title, at, actor } of rows) found.set(document, { document, title, at, actors: [...(found.get(document)?.actors ?? []), actor] })
    return [...found.values()]
  }

  /** In how many documents words wait of whoever was signed in here last, though nobody can say now who is. */
  async waitingHere(): Promise<number> {
    const person = personHere(browserKeeping())
    const rows = (person !== undefined && (await storeOf(person).all('unsent').catch(() => undefined))) || []
    return new Set(rows.map(({ document }) => document)).size
  }

  /** Lets go of the words that wait in a document; resolves to what puts them back. */
  async dropWaiting(document: string): Promise<() => Promise<void>> {
    const { store } = this
    const rows = (await store?.all('unsent', ofDocument(document)).catch(() => undefined)) ?? []
    await store?.write(['unsent'], (of) => of('unsent').delete(ofDocument(document)))
    return async () =>
      store?.write(['unsent'], (of) => {
        for (const row of rows) of('unsent').put(row)
      })
  }

  /** Who was signed in here when the node was last heard, where they keep documents here. */
  async recallMe(): Promise<Recalled<Me> | undefined> {
    const keeping = browserKeeping()
    const person = personHere(keeping)
    if (person === undefined || !keepsHere(keeping, person)) return undefined
    const me: KeptAnswer | undefined = await storeOf(person).get('answers', 'me').catch(() => undefined)
    // The node may have answered meanwhile.
    if (this.#person !== undefined || !me) return undefined
    this.#person = person
    this.on = true
    return this.recall('me')
  }

  async recall<P extends keyof Answers>(path: P): Promise<Recalled<Answers[P]> | undefined> {
    return this.#recall<Answers[P]>(path)
  }

  /** What was known of one document: from its own answer, or from the list. */
  async recallInfo(id: string): Promise<DocumentInfo | undefined> {
    const [own, list] = await Promise.all([this.#recall<DocumentInfo>(`documents/${encodeURIComponent(id)}`), this.recall('documents')])
    const listed = list?.value.find((each) => each.id === id)
    return own && (!listed || own.at >= (list?.at ?? 0)) ? own.value : listed
  }

  recallStatus(id: string): Promise<Recalled<DocumentStatus> | undefined> {
    return this.#recall<DocumentStatus>(`documents/${encodeURIComponent(id)}/status`)
  }

  async #recall<T extends object>(path: string): Promise<Recalled<T> | undefined> {
    const kept = this.on ? await this.store?.get('answers', path).catch(() => undefined) : undefined
    // Written by this page from what the node answered at this address, in a database that only it opens.
    return kept && typeof kept.value === 'object' && kept.value !== null ? { value: kept.value as T, at: kept.at } : undefined
  }

  #remember(path: string, value: unknown): void {
    // What the whole desk needs also before somebody chooses: when they do, it is at hand.
    if (!WANTED.test(path) || (!this.on && path.includes('/'))) return
    this.#answered.set(path, { value, at: clock.now() })
    if (this.on) this.#timer ??= setTimeout(() => this.#write(), REMEMBER_AFTER_MS)
  }

  #write(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const answers = [...this.#answered].map(([path, { value, at }]) => ({ path, value, at }))
    this.#answered.clear()
    void this.store
      ?.write(['answers'], (rows) => {
        for (const answer of answers) rows('answers').put(answer)
      })
      .catch(() => undefined)
  }
}

async function clearDocuments(store: Store): Promise<void> {
  await store
    .write(['documents', 'contents', 'answers'], (rows) => {
      rows('documents').clear()
      rows('contents').clear()
      rows('answers').clear()
    })
    .catch(() => undefined)
}

export const keeping = new KeepingHere()
