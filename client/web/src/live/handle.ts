// One document as this tab holds it, and how far its node and it know each other's changes: Automerge's sync protocol with one peer.
import * as A from '@automerge/automerge/slim'

export interface Change<T> {
  doc: A.Doc<T>
  patches: A.Patch[]
  patchInfo: A.PatchInfo<T>
}

export interface Heard {
  /** The tab that says it. */
  senderId: string
  message: unknown
}

interface Told<T> {
  change: Change<T>
  /** The node has told what it has: its heads. */
  heads: readonly string[]
  'ephemeral-message': Heard
}

/** What a handle says to the node. */
export interface Mouth {
  /** `first`: this tab has nothing of the document. */
  sync: (data: Uint8Array, first: boolean) => void
  passing: (word: unknown) => void
}

/** What is written within this time goes to the node in one message: each costs it a flush of its disk. */
const TOGETHER_MS = 100

export class Handle<T> {
  readonly id: string
  #doc: A.Doc<T>
  #sync: A.SyncState = A.initSyncState()
  #mouth: Mouth | undefined
  #told = -Infinity
  #timer: ReturnType<typeof setTimeout> | undefined
  readonly #listeners: Record<keyof Told<T>, Set<(told: never) => void>> = { change: new Set(), heads: new Set(), 'ephemeral-message': new Set() }

  constructor(id: string, doc: A.Doc<T>) {
    this.id = id
    this.#doc = doc
  }

  doc(): A.Doc<T> {
    return this.#doc
  }

  /** One change of this tab's. What `edit` throws leaves the document as it was. */
  change(edit: (draft: T) => void, options: { message?: string } = {}): void {
    const steps = stepsOf<T>((patchCallback) => (this.#doc = A.change(this.#doc, { ...options, patchCallback }, (draft) => edit(draft as T))))
    for (const step of steps) this.#tell('change', step)
    this.#soon()
  }

  /** Takes in changes that came by another way than the line. */
  update(take: (doc: A.Doc<T>) => A.Doc<T>): void {
    const before = this.#doc
    const heads = A.getHeads(before)
    this.#doc = take(before)
    const patches = A.diff(this.#doc, heads, A.getHeads(this.#doc))
    // The node lacks them, also where they wait for others and change nothing that is seen.
    this.#soon()
    if (patches.length > 0) this.#tell('change', { doc: this.#doc, patches, patchInfo: { before, after: this.#doc, source: 'change' } })
  }

  /** Says something to the other tabs that have the document open, at any school; nothing keeps it. */
  broadcast(word: unknown): void {
    this.#mouth?.passing(word)
  }

  on<E extends keyof Told<T>>(event: E, listener: (told: Told<T>[E]) => void): void {
    this.#listeners[event].add(listener)
  }

  off<E extends keyof Told<T>>(event: E, listener: (told: Told<T>[E]) => void): void {
    this.#listeners[event].delete(listener)
  }

  /** The node has greeted this tab. */
  begin(mouth: Mouth): void {
    // What was under way when the line went may not have arrived: of a session before, only what both surely had counts.
    this.#sync = A.decodeSyncState(A.encodeSyncState(this.#sync))
    this.#mouth = mouth
    this.#say()
  }

  end(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#mouth = undefined
  }

  /** A sync message of the node's. */
  take(data: Uint8Array): void {
    const steps = stepsOf<T>((patchCallback) => ([this.#doc, this.#sync] = A.receiveSyncMessage(this.#doc, this.#sync, data, { patchCallback })))
    for (const step of steps) this.#tell('change', step)
    this.#say()
    if (this.#sync.theirHeads) this.#tell('heads', this.#sync.theirHeads)
  }

  heard(senderId: string, message: unknown): void {
    this.#tell('ephemeral-message', { senderId, message })
  }

  #soon(): void {
    if (!this.#mouth) return
    this.#timer ??= setTimeout(() => this.#say(), Math.max(0, this.#told + TOGETHER_MS - performance.now()))
  }

  #say(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (!this.#mouth) return
    const [sync, data] = A.generateSyncMessage(this.#doc, this.#sync)
    this.#sync = sync
    if (!data) return
    this.#told = performance.now()
    this.#mouth.sync(data, A.getHeads(this.#doc).length === 0)
  }

  #tell<E extends keyof Told<T>>(event: E, told: Told<T>[E]): void {
    for (const listener of this.#listeners[event]) (listener as (told: Told<T>[E]) => void)(told)
  }
}

/** What `take` makes of a document, to be told afterwards: until then Automerge knows no heads of what was before. */
function stepsOf<T>(take: (patched: A.PatchCallback<T>) => unknown): Change<T>[] {
  const steps: Change<T>[] = []
  take((patches, patchInfo) => steps.push({ doc: patchInfo.after, patches, patchInfo }))
  return steps
}
