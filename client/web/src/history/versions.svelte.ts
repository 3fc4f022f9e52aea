// Versions of a document that somebody has named or approved: they stand in its companions (docs/documents.md), each for exact heads.
import * as A from '@automerge/automerge/slim'
import { Companions } from '../companion/companions.svelte'
import { clock } from '../data/clock.svelte'
import { session } from '../data/session.svelte'
import { said, type Common, type Companion, type Version } from '../edit/kinds'
import { ordered, word } from '../edit/paths'
import type { LiveDocument } from '../live/document.svelte'
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
  readonly #companions: Companions

  constructor(live: LiveDocument<Common>) {
    this.#live = live
    this.#companions = new Companions(live)
  }

  /** Oldest first. */
  readonly all: NamedVersion[] = $derived.by(() => this.#companions.all.flatMap((home) => versionsIn(home.doc)).sort((a, b) => a.at - b.at))
  readonly approved: NamedVersion | undefined = $derived(this.all.findLast((version) => version.approved && A.hasHeads(this.#live.doc, version.heads)))

  get mayName(): boolean {
    return this.#companions.maySpeak
  }

  /** Called whenever the listing has changed. */
  follow(): void {
    this.#companions.follow()
  }

  stop(): void {
    this.#companions.stop()
  }

  /** Names the document as it stands now. */
  async name(title: string, protocol: string | undefined): Promise<void> {
    const heads = A.getHeads(this.#live.doc).join(' ')
    const home = await this.#companions.forWords()
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
}
