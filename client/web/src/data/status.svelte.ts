// What the node knows of one document: where it has arrived, who reads it, who is here. Kept fresh by events.
import { api } from './api'
import { events } from './events.svelte'
import type { DocumentStatus, NodeStatus, Present } from './types'

/** Receipts come in bursts while somebody types; one question answers them all. */
const GATHER_MS = 200

export class DocumentWatch {
  status = $state.raw<DocumentStatus | undefined>()
  present = $state.raw<Present[]>([])
  node = $state.raw<NodeStatus | undefined>()
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
    this.status = await api.documentStatus(this.#id).catch(() => this.status)
    this.node = await api.status().catch(() => this.node)
  }

  async #askPresence(): Promise<void> {
    this.present = await api.presence(this.#id).catch(() => this.present)
  }
}
