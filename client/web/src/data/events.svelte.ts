// Server-sent events: each says only "ask again". One stream serves the whole page.

export interface NodeEvents {
  documents: { space?: string }
  status: { document: string }
  presence: { document: string }
  /** With a `peer`: about the tab that joined under this name; without: about everybody at this school. */
  access: { document: string; can_write: boolean; peer?: string | null; reason?: string | null }
  /** Something about the files of this document has moved. */
  files: { document: string }
  network: Record<string, never>
}
type EventName = keyof NodeEvents
const NAMES: EventName[] = ['documents', 'status', 'presence', 'access', 'files', 'network']

/** How long after a refused stream the page knocks again: a node restarts within seconds. */
const KNOCK_AGAIN_MS = 3_000

class Listeners {
  readonly #of = new Map<EventName, Set<(event: never) => void>>()

  add<N extends EventName>(name: N, then: (event: NodeEvents[N]) => void): () => void {
    const set = this.#of.get(name) ?? new Set()
    this.#of.set(name, set)
    set.add(then as (event: never) => void)
    return () => set.delete(then as (event: never) => void)
  }

  tell(name: EventName, event: unknown): void {
    for (const then of this.#of.get(name) ?? []) (then as (event: unknown) => void)(event)
  }
}

class EventStream {
  /** Whether the node was heard, or called, and does not answer now. */
  lost = $state(false)
  /** How often it was lost: an answer from before the last time says nothing about now. */
  losses = $state(0)
  /** Called when the node refuses the stream: perhaps the session has ended. */
  onRefused: () => void = () => {}
  readonly #listeners = new Listeners()
  readonly #again = new Set<() => void>()
  #source: EventSource | undefined
  #timer: ReturnType<typeof setTimeout> | undefined

  start(): void {
    if (this.#source) return
    const source = new EventSource('/api/v1/events')
    this.#source = source
    source.onopen = () => {
      this.lost = false
      // What was said while nobody listened is lost, so everything shown is asked for again.
      this.#askAll()
    }
    source.onerror = () => {
      if (!this.lost) this.losses += 1
      this.lost = true
      // A browser gives up for good on an answer that is not a stream (a proxy's error page, a session that ended).
      if (source.readyState !== EventSource.CLOSED) return
      this.#source = undefined
      this.onRefused()
      clearTimeout(this.#timer)
      this.#timer = setTimeout(() => this.start(), KNOCK_AGAIN_MS)
    }
    // The node could not keep up with this stream and has left something out.
    source.addEventListener('all', () => this.#askAll())
    for (const name of NAMES)
      source.addEventListener(name, (message) => {
        const event = parse((message as MessageEvent<string>).data)
        if (event !== undefined) this.#listeners.tell(name, event)
      })
  }

  #askAll(): void {
    for (const ask of this.#again) ask()
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#source?.close()
    this.#source = undefined
    this.lost = false
  }

  on<N extends EventName>(name: N, then: (event: NodeEvents[N]) => void): () => void {
    return this.#listeners.add(name, then)
  }

  /** Calls `ask` whenever the stream opens: at the start and after every interruption. */
  onOpen(ask: () => void): () => void {
    this.#again.add(ask)
    return () => this.#again.delete(ask)
  }
}

function parse(data: string): unknown {
  try {
    return data === '' ? {} : JSON.parse(data)
  } catch {
    return undefined
  }
}

export const events = new EventStream()
