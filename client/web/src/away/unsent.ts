// What somebody wrote in a document and the node has not confirmed, kept in this browser: a tab that is closed, or dies, loses no word.
// At the next opening by the same person the very same changes go into the document again, and from there to the node.
import * as A from '@automerge/automerge/slim'
import { clock } from '../data/clock.svelte'
import type { Kept } from '../data/safety'
import { makeRoom } from './copies'
import { TRY_AGAIN_MS, UNSENT_LIMIT_BYTES, WRITE_AFTER_MS } from './limits'
import { ofDocument, StoreFault, type Store, type UnsentChange, type UnsentRow } from './store'

/** The actors under which this tab writes, or has written. */
export const actorsHere = new Set<string>()

interface Row extends Pick<UnsentRow, 'actor' | 'number'> {
  size: number
  hashes: readonly string[]
}

export class Unsent {
  readonly #store: Store | undefined
  readonly #document: string
  /** Called when `kept` may be another. */
  readonly #changed: () => void
  /** What is on the disk. */
  #rows: Row[] = []
  #stored = new Set<string>()
  /** The person's changes that the node has not confirmed, and the actors under which they were made. */
  #open = new Set<string>()
  #actors = new Set<string>()
  #earlier: Uint8Array[] = []
  #doc: (() => A.Doc<unknown>) | undefined
  #title: () => string = () => ''
  #actor = ''
  #number = 0
  /** What came up to these heads is on the disk, or confirmed, or somebody else's. */
  #written: A.Heads = []
  #timer: ReturnType<typeof setTimeout> | undefined
  #fault: 'full' | 'tab' | undefined

  constructor(store: Store | undefined, document: string, changed: () => void) {
    this.#store = store
    this.#document = document
    this.#changed = changed
  }

  get kept(): Kept {
    if ([...this.#open].every((hash) => this.#stored.has(hash))) return 'device'
    return this.#fault ?? (this.#store ? 'writing' : 'tab')
  }

  /** Reads what earlier tabs left. */
  async load(): Promise<void> {
    const rows = (await this.#store?.all('unsent', ofDocument(this.#document)).catch(() => undefined)) ?? []
    this.#earlier = rows.flatMap(({ changes }) => changes.map(({ bytes }) => bytes))
    for (const row of rows) this.#keepInMind(row)
  }

  /** Gives `doc` what earlier tabs left. What builds on something that is not there yet waits inside the document for it. */
  bringBack<T>(doc: A.Doc<T>): A.Doc<T> {
    const changes = this.#earlier.splice(0)
    if (changes.length === 0) return doc
    try {
      return A.applyChanges(doc, changes)[0]
    } catch {
      // One that is damaged does not keep the others away.
      return changes.reduce<A.Doc<T>>(takeIfSound, doc)
    }
  }

  /** From here on what `actor` writes is kept. */
  begin(actor: string, doc: () => A.Doc<unknown>, title: () => string): void {
    this.#actor = actor
    this.#actors.add(actor)
    actorsHere.add(actor)
    this.#doc = doc
    this.#title = title
    this.#written = A.getHeads(doc())
  }

  /** How many of the person's changes the node has not confirmed. Lets go of what it has, and sees to it that the rest is on the disk soon. */
  count(doc: A.Doc<unknown>, nodeHeads: readonly string[]): number {
    // Heads we have not got ourselves are skipped: that counts too many for a moment, never too few.
    const known = nodeHeads.filter((head) => A.hasHeads(doc, [head]))
    const beyond = A.getChangesMetaSince(doc, known).filter(({ actor }) => this.#actors.has(actor))
    this.#open = new Set(beyond.map(({ hash }) => hash))
    // What earlier tabs left and what builds on something that has not come yet is in the document only by name.
    for (const hash of this.#stored) if (!this.#open.has(hash) && !A.hasHeads(doc, [hash])) this.#open.add(hash)
    this.#letGo(this.#rows.filter(({ hashes }) => !hashes.some((hash) => this.#open.has(hash))))
    if (this.kept === 'device') this.#rest()
    else if (this.#store) this.#timer ??= setTimeout(() => void this.flush(), this.#fault ? TRY_AGAIN_MS : WRITE_AFTER_MS)
    return this.#open.size
  }

  /** Writes now what is not written yet. */
  async flush(): Promise<void> {
    this.#rest()
    const doc = this.#doc?.()
    if (!doc || !this.#store || this.kept === 'device') return
    const [before, upTo] = [this.#written, A.getHeads(doc)]
    const changes = ours(doc, before, this.#actor)
    if (changes.length === 0) return
    const row: UnsentRow = { document: this.#document, actor: this.#actor, number: this.#number, title: this.#title(), at: clock.now(), changes }
    if (sizeOf(changes) + this.#rows.reduce((sum, { size }) => sum + size, 0) > UNSENT_LIMIT_BYTES) return this.#failed('full')
    this.#number += 1
    this.#written = upTo
    try {
      await this.#store.write(['unsent'], (rows) => rows('unsent').put(row)).catch((fault: unknown) => this.#afterRoom(row, fault))
      this.#fault = undefined
      this.#keepInMind(row)
      this.#changed()
    } catch (fault) {
      // What was written since then is tried again with this.
      this.#written = before
      this.#failed(isFull(fault) ? 'full' : 'tab')
    }
  }

  /** The node holds these words elsewhere: it has set them aside for the person. */
  forget(): void {
    this.#rest()
    this.#letGo(this.#rows)
    this.#actors.clear()
    this.#open.clear()
  }

  /** The words stay on the disk for the next opening; here nothing more is kept. */
  async leave(): Promise<void> {
    await this.flush()
    this.#rows = []
    this.#stored.clear()
    this.#actors.clear()
    this.#open.clear()
  }

  /** Words come before copies of documents, which the node has as well. */
  async #afterRoom(row: UnsentRow, fault: unknown): Promise<void> {
    if (!this.#store || !isFull(fault) || !(await makeRoom(this.#store, this.#document))) throw fault
    await this.#store.write(['unsent'], (rows) => rows('unsent').put(row))
  }

  #keepInMind({ actor, number, changes }: UnsentRow): void {
    this.#rows.push({ actor, number, size: sizeOf(changes), hashes: changes.map(({ hash }) => hash) })
    this.#actors.add(actor)
    for (const { hash } of changes) this.#stored.add(hash)
  }

  #failed(fault: 'full' | 'tab'): void {
    this.#fault = fault
    this.#changed()
  }

  #rest(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #letGo(done: readonly Row[]): void {
    if (done.length === 0) return
    this.#rows = this.#rows.filter((row) => !done.includes(row))
    for (const hash of done.flatMap(({ hashes }) => hashes)) this.#stored.delete(hash)
    void this.#store
      ?.write(['unsent'], (rows) => {
        for (const { actor, number } of done) rows('unsent').delete([this.#document, actor, number])
      })
      // Brought back once more, they are changes that the node has already.
      .catch(() => undefined)
  }
}

/** The changes of `actor` that are not in the history of `since`. */
function ours(doc: A.Doc<unknown>, since: A.Heads, actor: string): UnsentChange[] {
  const chunks = A.getChangesSince(doc, since)
  // Both list the same changes in the same order; decoding a chunk to learn its author would cost as much as all it says.
  return A.getChangesMetaSince(doc, since).flatMap((meta, index) => {
    const bytes = chunks[index]
    return meta.actor === actor && bytes ? [{ hash: meta.hash, bytes }] : []
  })
}

function takeIfSound<T>(doc: A.Doc<T>, change: Uint8Array): A.Doc<T> {
  try {
    return A.applyChanges(doc, [change])[0]
  } catch {
    return doc
  }
}

const isFull = (fault: unknown): boolean => fault instanceof StoreFault && fault.kind === 'full'
const sizeOf = (changes: readonly UnsentChange[]): number => changes.reduce((sum, { bytes }) => sum + bytes.length, 0)
