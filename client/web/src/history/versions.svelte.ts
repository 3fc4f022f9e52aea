// Versions of a document that somebody has named or approved: they stand in its companions (docs/documents.md), each for exact heads.
import * as A from '@automerge/automerge/slim'
import { Companions, type Home } from '../companion/companions.svelte'
import { clock } from '../data/clock.svelte'
import { listing } from '../data/listing.svelte'
import { session } from '../data/session.svelte'
import type { Common } from '../edit/kinds'
import { ordered, setPlain, word } from '../edit/paths'
import type { LiveDocument } from '../live/document.svelte'
import { schoolsByPrefix } from './authors'
import { mayApprove, mayWithdraw, versionsIn, type NamedVersion, type SchoolOf } from './named'
import { prefixOf } from './prefix'

export class Versions {
  readonly #live: LiveDocument<Common>
  readonly #companions: Companions

  constructor(live: LiveDocument<Common>) {
    this.#live = live
    this.#companions = new Companions(live)
  }

  /** Oldest first. */
  readonly all: NamedVersion[] = $derived.by(() => {
    const schools = schoolsByPrefix(listing.spaces)
    const schoolOf: SchoolOf = (actor) => schools.get(prefixOf(actor) ?? '')
    return this.#companions.all.flatMap((home) => versionsIn(home.doc, this.#live.info.owner.id, schoolOf)).sort((a, b) => a.at - b.at)
  })
  readonly approved: NamedVersion | undefined = $derived(this.all.findLast((version) => version.approval.is === 'approved' && A.hasHeads(this.#live.doc, version.heads)))

  get mayName(): boolean {
    return this.#companions.maySpeak
  }

  get mayApprove(): boolean {
    return this.mayName && mayApprove(this.#live, session.me)
  }

  mayWithdraw(version: NamedVersion): boolean {
    return this.#homeOf(version) !== undefined && mayWithdraw(version, this.#live, session.me, this.#name)
  }

  /** Called whenever the listing has changed. */
  follow(): void {
    this.#companions.follow()
  }

  stop(): void {
    this.#companions.stop()
  }

  /** Names the document as it stands now; with a `protocol`, be it empty, as approved. */
  async name(title: string, protocol: string | undefined): Promise<void> {
    const heads = A.getHeads(this.#live.doc).join(' ')
    const home = await this.#companions.forWords()
    const given = {
      title,
      heads: word(heads),
      name: this.#name,
      school: session.me?.school.name ?? '',
      at_ms: clock.now(),
      approved: protocol !== undefined && this.mayApprove,
      protocol: protocol ?? '',
    }
    home.add('versions', given, ordered(home.doc.versions))
  }

  /** Says that a version is not approved any more. Returns what takes that back. */
  withdraw(version: NamedVersion): (() => void) | undefined {
    const home = this.#homeOf(version)
    home?.change((draft) => setPlain(draft, ['versions', version.id, 'approved'], false))
    const step = home?.lastStep
    return home && step ? () => void home.undo(step) : undefined
  }

  get #name(): string {
    return this.#live.signature ?? session.me?.person.name ?? ''
  }

  #homeOf({ id }: NamedVersion): Home | undefined {
    return this.#companions.all.find((home) => home.writable && Object.hasOwn(home.doc.versions ?? {}, id))
  }
}
