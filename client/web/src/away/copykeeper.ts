// Keeps the copy of one open document fresh, where the person keeps documents on this device.
import * as A from '@automerge/automerge/slim'
import { api } from '../data/api'
import { clock } from '../data/clock.svelte'
import { copyOf, dropCopy, keepCopy, type Copy } from './copies'
import { KEEP_AFTER_MS } from './limits'
import { keeping } from './keeping.svelte'
import type { Store } from './store'

interface Content {
  doc: A.Doc<unknown>
  nodeHeads: readonly string[]
}

export class CopyKeeper {
  readonly #id: string
  readonly #content: () => Content | undefined
  #heads: A.Heads = []
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(id: string, content: () => Content | undefined) {
    this.#id = id
    this.#content = content
  }

  /** The document has changed: its copy follows in a while. */
  soon(): void {
    if (keeping.on) this.#timer ??= setTimeout(() => void this.now(), KEEP_AFTER_MS)
  }

  /** The copy follows at once: what comes next may find no time for it. */
  async now(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const [content, { store }] = [this.#content(), keeping]
    if (!keeping.on || !store || !content) return
    const heads = A.getHeads(content.doc)
    if (heads.join() === this.#heads.join()) return
    if (this.#heads.length === 0) void askWhoReads(this.#id)
    this.#heads = heads
    const whole = await withEarlier(content, store, this.#id)
    const outcome = await keepCopy(store, { id: this.#id, at: clock.now(), opened: clock.now(), ...whole })
    keeping.full = outcome === 'full'
    if (outcome !== 'kept') this.#heads = []
    await keeping.look()
  }

  /** The node has another document under this name now than the one that was kept. */
  async drop(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#heads = []
    if (keeping.store) await dropCopy(keeping.store, this.#id)
  }
}

/** With a copy is kept what the node said of its readers (`keeping` hears the answer): away from school one sees it too, also of a document that
 * was looked at for a moment only. */
export async function askWhoReads(id: string): Promise<void> {
  await api.documentStatus(id).catch(() => undefined)
}

/** Another tab may have kept more than this one has: what it wrote since must find there what it builds on. */
async function withEarlier({ doc, nodeHeads }: Content, store: Store, id: string): Promise<Pick<Copy, 'bytes' | 'heads' | 'nodeHeads'>> {
  const about = await store.get('documents', id).catch(() => undefined)
  const earlier = about && !A.hasHeads(doc, about.heads) ? await copyOf(store, id) : undefined
  const whole = earlier ? A.merge(A.load(earlier.bytes), doc) : doc
  return { bytes: A.save(whole), heads: A.getHeads(whole), nodeHeads: nodeHeads.filter((head) => A.hasHeads(whole, [head])) }
}
