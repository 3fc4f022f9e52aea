// The line to the node for documents: Automerge's wasm and one WebSocket, knocking again for ever. Loaded after the first paint.
// Why not automerge-repo: ARCHITECTURE, "The page speaks automerge-repo's protocol by itself".
import * as A from '@automerge/automerge/slim'
import wasmUrl from '@automerge/automerge/automerge.wasm?url'
import { Handle, type Mouth } from './handle'
import { pack, packWord, unpack, unpackWord, type FromNode, type Passing, type ToNode } from './messages'

/** A node that restarts is back within seconds; knocking on one's own school costs nothing. */
const KNOCK_AGAIN_MS = 1_500
/** A socket that nobody greets is given up: a network that swallows packets says nothing for minutes. */
const GREETED_WITHIN_MS = 10_000
/** A node that owes an answer and says nothing for so long has gone. */
const SILENCE_MS = 30_000
/** Of so many tabs the last word is remembered, so that one heard twice, or late, is not shown again. */
const SPEAKERS_LIMIT = 256

const atRandom = (): string => [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, '0')).join('')

class Line {
  /** Whether the node's end of the WebSocket has greeted us and has not left. */
  connected = $state(false)
  /** The name under which this tab joins. */
  readonly peer = `tab-${atRandom()}`
  readonly #session = atRandom()
  #said = 0
  #node = ''
  #heard = 0
  #socket: WebSocket | undefined
  #knocking: ReturnType<typeof setTimeout> | undefined
  #starting: Promise<void> | undefined
  #waiting: ((greeted: unknown) => void)[] = []
  readonly #open = new Map<string, Handle<unknown>>()
  readonly #asking = new Map<Handle<unknown>, (unavailable: boolean) => void>()
  readonly #lost = new Set<() => void>()
  readonly #spoken = new Map<string, number>()

  /** Resolves once Automerge is there; knocks at the node meanwhile. */
  start(): Promise<void> {
    this.#starting ??= this.#start().catch((error: unknown) => {
      this.#starting = undefined
      throw error
    })
    return this.#starting
  }

  /** Resolves once the node has greeted us. */
  async whenConnected(signal: AbortSignal): Promise<void> {
    await this.start()
    if (this.connected) return
    await orAborted(signal, (resolve) => this.#waiting.push(resolve))
  }

  /** A document from the node, written in this tab by `actor`. Rejects when `signal` says so; nothing where the node says that it has none. */
  async find<T>(id: string, actor: string | undefined, signal: AbortSignal): Promise<Handle<T> | undefined> {
    const handle = new Handle<T>(id, A.init<T>(actor === undefined ? {} : { actor }))
    const given = () => A.getHeads(handle.doc()).length > 0
    let found = false
    try {
      found = await orAborted<boolean>(signal, (resolve) => {
        this.#asking.set(anyOf(handle), (unavailable) => (unavailable || given()) && resolve(!unavailable))
        this.#hold(anyOf(handle))
      })
    } finally {
      this.#asking.delete(anyOf(handle))
      if (!found) this.letGo(handle)
    }
    return found ? handle : undefined
  }

  /** A document that this tab has already. */
  hold<T>(id: string, doc: A.Doc<T>): Handle<T> {
    const handle = new Handle<T>(id, doc)
    this.#hold(anyOf(handle))
    return handle
  }

  /** Whether this tab holds the document, or is asking for it. */
  holds(id: string): boolean {
    return this.#open.has(id)
  }

  letGo<T>(handle: Handle<T>): void {
    handle.end()
    if (this.#open.get(handle.id) === anyOf(handle)) this.#open.delete(handle.id)
  }

  /** Calls `then` whenever the node is lost. */
  onLost(then: () => void): () => void {
    this.#lost.add(then)
    return () => this.#lost.delete(then)
  }

  /** The node owes an answer. A line that was cut without a word says nothing, so after a long silence it is knocked at anew. */
  doubt(): void {
    if (this.connected && performance.now() - this.#heard > SILENCE_MS) this.#renew()
  }

  #renew(): void {
    this.#leave()
    this.#knock()
  }

  async #start(): Promise<void> {
    await A.initializeWasm(new Request(wasmUrl))
    window.addEventListener('online', () => !this.connected && this.#renew())
    this.#knock()
  }

  #knock(): void {
    clearTimeout(this.#knocking)
    const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:'
    const socket = new WebSocket(`${scheme}//${location.host}/sync`)
    socket.binaryType = 'arraybuffer'
    this.#socket = socket
    socket.onopen = () => this.#send({ type: 'join', senderId: this.peer })
    socket.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => this.#take(unpack(new Uint8Array(data)))
    socket.onclose = () => {
      this.#leave()
      this.#knocking = setTimeout(() => this.#knock(), KNOCK_AGAIN_MS)
    }
    this.#knocking = setTimeout(() => this.#renew(), GREETED_WITHIN_MS)
  }

  #leave(): void {
    clearTimeout(this.#knocking)
    const socket = this.#socket
    this.#socket = undefined
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null
      socket.close()
    }
    if (!this.connected) return
    this.connected = false
    for (const handle of this.#open.values()) handle.end()
    for (const then of this.#lost) then()
  }

  #take(message: FromNode | undefined): void {
    this.#heard = performance.now()
    if (message?.type === 'peer') return this.#greeted(message.senderId)
    const handle = message && this.#open.get(message.documentId)
    if (!handle) return
    if (message.type === 'sync') handle.take(message.data)
    else if (message.type === 'ephemeral') this.#hear(handle, message)
    if (message.type !== 'ephemeral') this.#asking.get(handle)?.(message.type === 'doc-unavailable')
  }

  #greeted(node: string): void {
    clearTimeout(this.#knocking)
    this.#node = node
    this.#spoken.clear()
    this.connected = true
    for (const [id, handle] of this.#open) handle.begin(this.#mouthOf(id))
    for (const go of this.#waiting.splice(0)) go(undefined)
  }

  #hear(handle: Handle<unknown>, { senderId, sessionId, count, data }: Passing): void {
    const speaker = `${senderId}:${sessionId}`
    if (count <= (this.#spoken.get(speaker) ?? -1)) return
    if (this.#spoken.size >= SPEAKERS_LIMIT) this.#spoken.clear()
    this.#spoken.set(speaker, count)
    handle.heard(senderId, unpackWord(data))
  }

  #hold(handle: Handle<unknown>): void {
    this.#open.get(handle.id)?.end()
    this.#open.set(handle.id, handle)
    if (this.connected) handle.begin(this.#mouthOf(handle.id))
  }

  #mouthOf(documentId: string): Mouth {
    const to = { senderId: this.peer, targetId: this.#node, documentId }
    return {
      sync: (data, first) => this.#send({ type: first ? 'request' : 'sync', ...to, data }),
      passing: (word) => this.#send({ type: 'ephemeral', ...to, sessionId: this.#session, count: (this.#said += 1), data: packWord(word) }),
    }
  }

  /** What is said while the socket closes is said again at the next greeting. */
  #send(message: ToNode): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(pack(message))
  }
}

/** The line does not look into documents. */
const anyOf = <T>(handle: Handle<T>): Handle<unknown> => handle as unknown as Handle<unknown>

function orAborted<R>(signal: AbortSignal, start: (resolve: (value: R) => void) => void): Promise<R> {
  return new Promise<R>((resolve, reject) => {
    const give = () => reject(signal.reason as Error)
    if (signal.aborted) return give()
    signal.addEventListener('abort', give, { once: true })
    start((value) => {
      signal.removeEventListener('abort', give)
      resolve(value)
    })
  })
}

export const line = new Line()
