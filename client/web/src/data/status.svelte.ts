// What the node knows of one document: where it has arrived, who reads it, who is here. Kept fresh by events.
import { api } from './api'
import { events } from './events.svelte'
import type { Outward } from './safety'
import type { DocumentStatus, NodeStatus, Present } from './types'

/** Receipts come in bursts while somebody types; one question answers them all. */
const GATHER_MS = 200

export class DocumentWatch {
  status = $state.raw<DocumentStatus | undefined>()
  present = $state.raw<Present[]>([])
  node = $state.raw<NodeStatus | undefined>()
  /** How often the node had been lost when it was asked what is shown here. */
  #asOf = $state({ status: 0, present: 0 })
  readonly #id: string
  readonly #stops: (() => void)[]
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(id: string) {
    this.#id = id
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

  /** What the node's answers can still say of other schools. Without the node nobody here knows anything of them. */
  get outward(): Outward {
    if (events.lost || this.#asOf.status !== events.losses || this.#asOf.present !== events.losses) return 'unknown'
    return this.node?.line ?? 'asking'
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
    const asOf = events.losses
    const answers = await Promise.all([api.documentStatus(this.#id), api.status()]).catch(() => undefined)
    if (!answers) return
    this.status = answers[0]
    this.node = answers[1]
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
