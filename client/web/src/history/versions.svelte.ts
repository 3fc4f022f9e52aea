// Versions of a document that somebody has named or approved: they stand in its companions (docs/documents.md), each for exact heads.
import * as A from '@automerge/automerge/slim'
import { companionsOf, maySpeakOf } from '../companion/found'
import { api } from '../data/api'
import { clock } from '../data/clock.svelte'
import { listing } from '../data/listing.svelte'
import { session } from '../data/session.svelte'
import { said, type Common, type Companion, type Version } from '../edit/kinds'
import { ordered, word } from '../edit/paths'
import type { LiveDocument } from '../live/document.svelte'
import { giveBack, take } from '../live/shelf'
import { locale } from '../locale/locale.svelte'
import { headsFrom } from './visits'

export interface NamedVersion {
  id: string
  title: string
  heads: A.Heads
  name: string
  school: string
  at: number
  approved: boolean
  protocol: string
}
type Home = LiveDocument<Companion>

/** What a companion says of versions; anything that is none is passed over. */
export function versionsIn(doc: Pick<Companion, 'versions'>): NamedVersion[] {
  return ordered<Version>(doc.versions).flatMap(({ id, item }) => {
    const heads = headsFrom(said(item.heads))
    const at = typeof item.at_ms === 'number' ? item.at_ms : 0
    return heads ? [{ id, title: said(item.title), heads, name: said(item.name), school: said(item.school), at, approved: item.approved === true, protocol: said(item.protocol) }] : []
  })
}

export class Versions {
  readonly #live: LiveDocument<Common>
  #homes = $state.raw<Home[]>([])
  readonly #leaving = new AbortController()
  readonly #asked = new Set<string>()

  constructor(live: LiveDocument<Common>) {
    this.#live = live
  }

  /** Oldest first. */
  readonly all: NamedVersion[] = $derived(this.#homes.flatMap((home) => versionsIn(home.doc)).sort((a, b) => a.at - b.at))
  readonly approved: NamedVersion | undefined = $derived(this.all.findLast((version) => version.approved && A.hasHeads(this.#live.doc, version.heads)))

  /** Whether this person may name one; it takes no right to write in the document. */
  get mayName(): boolean {
    return maySpeakOf(this.#live, session.me, listing.space(this.#live.info.space))
  }

  /** Called whenever the listing has changed. */
  follow(): void {
    if (listing.documents === undefined) void listing.refresh()
    for (const { id } of companionsOf(listing.documents ?? [], this.#live.info)) void this.#open(id)
  }

  stop(): void {
    this.#leaving.abort()
    for (const { id } of this.#homes) giveBack(id)
    this.#homes = []
  }

  /** Names the document as it stands now. */
  async name(title: string, protocol: string | undefined): Promise<void> {
    const heads = A.getHeads(this.#live.doc).join(' ')
    const home = await this.#home()
    const given = {
      title,
      heads: word(heads),
      name: this.#live.signature ?? session.me?.person.name ?? '',
      school: session.me?.school.name ?? '',
      at_ms: clock.now(),
      approved: protocol !== undefined,
      protocol: protocol ?? '',
    }
    home.add('versions', given, ordered(home.doc.versions))
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

  /** The companion that takes new words; made by whoever says the first of them. */
  async #home(): Promise<Home> {
    const ready = () => this.#homes.find((home) => home.writable)
    if (ready()) return ready() as Home
    await listing.refresh()
    await Promise.all(companionsOf(listing.documents ?? [], this.#live.info).map(({ id }) => this.#open(id)))
    return ready() ?? (await this.#make())
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
