// The companions of one open document: found, opened, and made by whoever says the first words beside it.
import { api } from '../data/api'
import { listing } from '../data/listing.svelte'
import { session } from '../data/session.svelte'
import type { Common, Companion } from '../edit/kinds'
import type { LiveDocument } from '../live/document.svelte'
import { giveBack, take } from '../live/shelf'
import { locale } from '../locale/locale.svelte'
import { companionsOf, maySpeakOf } from './found'

/** A companion that holds what is said. */
export type Home = LiveDocument<Companion>

export class Companions {
  readonly #live: LiveDocument<Common>
  #homes = $state.raw<Home[]>([])
  readonly #leaving = new AbortController()
  readonly #asked = new Set<string>()

  constructor(live: LiveDocument<Common>) {
    this.#live = live
  }

  /** Those that are open, by their ids. */
  get all(): readonly Home[] {
    return this.#homes
  }

  /** Whether this person may say something here; it takes no right to write in the document. */
  get maySpeak(): boolean {
    return maySpeakOf(this.#live, session.me, listing.space(this.#live.info.space))
  }

  /** Called whenever the listing has changed. */
  follow(): void {
    if (listing.documents === undefined) void listing.refresh()
    for (const id of this.#found()) void this.#open(id)
  }

  stop(): void {
    this.#leaving.abort()
    for (const { id } of this.#homes) giveBack(id)
    this.#homes = []
  }

  /** The one that takes new words. */
  async forWords(): Promise<Home> {
    const ready = () => this.#homes.find((home) => home.writable)
    const home = ready()
    if (home) return home
    await listing.refresh()
    await Promise.all(this.#found().map((id) => this.#open(id)))
    return ready() ?? (await this.#make())
  }

  #found(): string[] {
    return companionsOf(listing.documents ?? [], this.#live.info).map(({ id }) => id)
  }

  async #open(id: string): Promise<void> {
    if (this.#asked.has(id)) return
    this.#asked.add(id)
    try {
      const home = await take<Companion>(id, this.#leaving.signal)
      if (this.#leaving.signal.aborted) return giveBack(id)
      home.signature = this.#live.signature
      this.#homes = [...this.#homes, home].sort((a, b) => (a.id < b.id ? -1 : 1))
    } catch {
      // It is asked for again with the next change of the listing.
      this.#asked.delete(id)
    }
  }

  async #make(): Promise<Home> {
    const { id: about, info } = this.#live
    const isPrivate = listing.space(info.space)?.private ?? false
    // The title says what it is about to a node that tells no facts.
    const made = await api.createDocument({ space: info.space, kind: 'companion', title: about, about, language: locale.language, write_rule: isPrivate ? 'owner' : 'everyone' })
    await this.#open(made.id)
    const home = this.#homes.find(({ id }) => id === made.id)
    if (!home) throw new Error('the companion was made and did not open')
    return home
  }
}
