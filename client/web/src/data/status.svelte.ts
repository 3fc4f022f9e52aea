// What the node knows of one document: where it has arrived, who reads it, who is here. Kept fresh by events.
import { api } from './api'
import { clock } from './clock.svelte'
import { events } from './events.svelte'
import type { Outward } from './safety'
import { session } from './session.svelte'
import type { DocumentStatus, NodeStatus, Present, UnixMs } from './types'

/** Receipts come in bursts while somebody types; one question answers them all. */
const GATHER_MS = 200

/** What the node last said of a document, and when by this computer's clock. */
export interface Told {
  status: DocumentStatus
  /** When it was asked, by the clock of this tab: that of the computer may be set back. */
  asked: number
  at: UnixMs
}

/** Of this tab's documents; whoever comes back to one while the node is away is told what was last known. */
const lastTold = new Map<string, Told>()
/** More documents nobody looks at in one sitting; each is some lines about the schools of its network. */
const LAST_TOLD_LIMIT = 50

export class DocumentWatch {
  present = $state.raw<Present[]>([])
  node = $state.raw<NodeStatus | undefined>()
  #told = $state.raw<Told | undefined>()
  /** When words of this tab were last under way to the node, by the same clock. */
  #wrote = $state(0)
  #asked = $state<'waiting' | 'answered' | 'unanswered'>('waiting')
  /** How often the node had been lost when it was asked what is shown here. */
  #asOf = $state({ status: 0, present: 0 })
  readonly #id: string
  readonly #stops: (() => void)[]
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(id: string) {
    this.#id = id
    this.#told = lastTold.get(id)
    const mine = (event: { document: string }) => event.document === id
    this.#stops = [
      events.on('status', (event) => mine(event) && this.#soon()),
      events.on('presence', (event) => mine(event) && void this.#askPresence()),
      events.on('network', () => this.#soon()),
      events.onOpen(() => {
        this.#soon()
        void this.#askPresence()
      }),
    ]
    this.#soon()
    void this.#askPresence()
  }

  /** What was said to an earlier look at the document stands only for a node that does not answer now. */
  get status(): DocumentStatus | undefined {
    return this.#asked === 'waiting' && !events.lost ? undefined : this.#told?.status
  }

  /** Words of this tab are under way to the node, or have just arrived: what it said of other schools before does not hold for them. */
  wrote(): void {
    this.#wrote = performance.now()
    this.#soon()
  }

  /** Whether `status` was asked for after the last words of this tab had come to the node. */
  get knowsLast(): boolean {
    return (this.#told?.asked ?? 0) >= this.#wrote
  }

  /** When the node said what `status` tells. */
  get toldAt(): UnixMs | undefined {
    return this.status && this.#told?.at
  }

  /** What the node's answers can still say of other schools. Without the node nobody here knows anything of them. */
  get outward(): Outward {
    if (events.lost || this.#asked === 'unanswered' || this.#asOf.status !== events.losses || this.#asOf.present !== events.losses) return 'unknown'
    // A guest is not told of the line; what the node says of other schools is what it hears now.
    return this.node?.line ?? (this.#asked === 'answered' ? 'open' : 'asking')
  }

  stop(): void {
    clearTimeout(this.#timer)
    for (const stop of this.#stops) stop()
  }

  #soon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      void this.#askStatus()
    }, GATHER_MS)
  }

  // A question that fails leaves the last answer standing; the events stream asks again when it opens.
  async #askStatus(): Promise<void> {
    const [asOf, asked] = [events.losses, performance.now()]
    const answers = await Promise.all([api.documentStatus(this.#id), ofNode()]).catch(() => undefined)
    if (!answers) {
      if (this.#asked === 'waiting') this.#asked = 'unanswered'
      return
    }
    this.#told = { status: answers[0], asked, at: clock.now() }
    remember(this.#id, this.#told)
    this.node = answers[1]
    this.#asked = 'answered'
    this.#asOf.status = asOf
  }

  async #askPresence(): Promise<void> {
    const asOf = events.losses
    const present = await api.presence(this.#id).catch(() => undefined)
    if (!present) return
    this.present = present
    this.#asOf.present = asOf
  }
}

/** How the node stands; a guest is not told. */
async function ofNode(): Promise<NodeStatus | undefined> {
  return session.me?.guest ? undefined : api.status()
}

/** What is known of a document before this tab has asked. */
export function remember(id: string, told: Told): void {
  // Made anew it is the youngest: the map keeps the order in which its keys came.
  lastTold.delete(id)
  lastTold.set(id, told)
  const oldest = lastTold.keys().next()
  if (lastTold.size > LAST_TOLD_LIMIT && !oldest.done) lastTold.delete(oldest.value)
}
