// One document open in this tab: its content, whether one may write, and whether the node has confirmed what was written.
import * as A from '@automerge/automerge/slim'
import { CopyKeeper } from '../away/copykeeper'
import { keeping } from '../away/keeping.svelte'
import { aboutDocument, openHandle } from '../away/opening'
import { Unsent } from '../away/unsent'
import { ApiError, api } from '../data/api'
import { Copies, browserKeeping } from '../data/copies'
import { events } from '../data/events.svelte'
import type { Kept } from '../data/safety'
import { session } from '../data/session.svelte'
import type { KeptItem } from '../edit/kept'
import { isCopy, isSharedPlan, type Common } from '../edit/kinds'
import { blank, knownSchema, wellFormed } from '../edit/kinds/shape'
import { newId, type Id, type Placed } from '../edit/order'
import { addItem } from '../edit/paths'
import { putBack } from '../edit/putback'
import { Steps, type Edit, type Step as OwnStep } from '../edit/steps'
import type { DocumentInfo, SetAside } from '../data/types'
import type { TextHandle } from '../rich/sync'
import { wordsBeyond } from './acknowledged'
import type { Change, Handle } from './handle'
import { line } from './line.svelte'
import { nameHere } from '../companion/who'
import { Others, nameToTell } from './others.svelte'
import { Sitting } from './sitting'

/** `saved`: the node has confirmed all of it. `sending`: it has not answered yet. `held`: the line is down; `kept` says where the words are. */
export type Saved = 'saved' | 'sending' | 'held'
export type WhyReadOnly = 'rule' | 'newer_schema' | 'refused' | 'copy'

/** A node that has not confirmed within this time is named as slow; on a school's own line it takes milliseconds. */
const SLOW_MS = 6_000
/** Nobody sees that something comes this much later. */
const CALM_MS = 300
/** Copies of what is written are made this often: each walks the whole item, and a browser that dies costs no more than this. */
const SAVE_COPIES_MS = 500

/** Sixteen bytes and a checksum, as automerge-repo writes them (base58). */
const DOCUMENT_ID = /^[1-9A-HJ-NP-Za-km-z]{20,28}$/

export class LiveDocument<T extends Common> {
  readonly id: string
  doc = $state.raw() as T
  /** The document a moment ago: for what is too dear to look at with each key. */
  calm = $state.raw() as T
  info = $state.raw() as DocumentInfo
  /** Words that could not be kept, waiting for the person to decide. */
  setAside = $state.raw<SetAside[]>([])
  /** Words typed here that the node has not even set aside: typed in the moment between its refusal and our hearing of it. */
  leftInTab = $state('')
  slow = $state(false)
  /** Items that others removed and the person had written in, until they have decided. */
  removed = $state.raw<readonly KeptItem[]>([])
  /** A text that takes many changes is being written: how far it has come. */
  long = $state.raw<{ done: number; of: number } | undefined>()
  /** Changes with each fresh copy from the node; editors bound to an older copy are made anew. */
  copy = $state(0)
  /** What stands in the place of the person's name where the document tells who wrote, and to others who have it open: a pseudonym, or nothing
   * at all. A page sets it before its first change. */
  signature: string | undefined
  /** Where others stand in the document. */
  readonly others = new Others()
  readonly #steps = new Steps()
  /** Where the document stood before several changes that are one step for the person. */
  #together: A.Heads | undefined
  /** Whether the changes of this actor say by whom they are. */
  #signed = false
  /** Whether the copy of a notebook's part is being written from its original: for anybody else a copy is to be read. */
  publishing = $state(false)
  /** Where the words are that the node has not confirmed. */
  kept = $state.raw<Kept>('device')
  #pending = $state(0)
  #mayWrite = $state(false)
  /** The node takes nothing more for this document from this tab until the tab starts anew. */
  #refused = $state(false)
  #handle: Handle<T> | undefined
  #actor = ''
  #nodeHeads: readonly string[] = []
  #slowTimer: ReturnType<typeof setInterval> | undefined
  #sitting: Sitting | undefined
  #saveTimer: ReturnType<typeof setTimeout> | undefined
  readonly #unsent: Unsent
  readonly #copyKeeper: CopyKeeper
  #calmTimer: ReturnType<typeof setTimeout> | undefined
  #stop: (() => void)[] = []

  constructor(id: string) {
    this.id = id
    this.#unsent = new Unsent(keeping.store, id, () => this.#count())
    this.#copyKeeper = new CopyKeeper(id, () => (this.#handle ? { doc: this.#handle.doc(), nodeHeads: this.#nodeHeads } : undefined))
  }

  get saved(): Saved {
    if (this.#pending === 0) return 'saved'
    return line.connected ? 'sending' : 'held'
  }

  get unsaved(): boolean {
    return this.#pending > 0 || this.long !== undefined || this.leftInTab !== ''
  }

  /** Whether there are words that would go with this tab. */
  get onlyInTab(): boolean {
    return this.unsaved && this.kept !== 'device'
  }

  get whyReadOnly(): WhyReadOnly | undefined {
    if (this.#refused) return 'refused'
    // Its kind as its making says, which nobody writes over: the document itself may have lost it.
    if (Number(this.doc.schema) > knownSchema(this.info.kind)) return 'newer_schema'
    if (!this.publishing && (isCopy(this.info.kind, this.doc) || isSharedPlan(this.info.kind, this.doc))) return 'copy'
    return this.#mayWrite ? undefined : 'rule'
  }

  /** Whether another program wrote something else over a part of the document: it is to be had from its history. */
  get misshapen(): boolean {
    return !wellFormed(this.info.kind, this.doc)
  }

  get writable(): boolean {
    return this.whyReadOnly === undefined
  }

  get handle(): Handle<T> {
    if (!this.#handle) throw new Error('the document is not open yet')
    return this.#handle
  }

  /** Opens the document; rejects with an ApiError that has a sentence. */
  async open(signal: AbortSignal): Promise<void> {
    if (!DOCUMENT_ID.test(this.id)) throw new ApiError('unknown_document', 404)
    this.info = await aboutDocument(this.id)
    if (this.info.state === 'coming') throw new ApiError('document_coming', 409)
    this.#mayWrite = this.info.can_write
    await this.#fetch(signal)
    this.#stop.push(events.on('access', (event) => {
      if (event.document !== this.id) return
      if (!event.peer) void this.#accessChanged(event.can_write)
      else if (event.peer === line.peer && !event.can_write) void this.#refuse()
    }))
    this.#stop.push(events.onOpen(() => void this.refreshInfo()))
    this.#stop.push(whenLeaving(() => {
      void this.#unsent.flush()
      this.#saveCopies()
      void this.#copyKeeper.now()
    }))
    this.#stop.push(line.onLost(() => void this.#copyKeeper.now()))
    if (!this.#mayWrite) void this.refreshSetAside()
  }

  /** Changes the document so that the person can take it back with Ctrl+Z. */
  change(edit: (draft: T) => void): void {
    const step = this.type(edit)
    if (step && !this.#together) this.#steps.record(step)
  }

  /** Writes in a text, which keeps an undo of its own. */
  type(edit: (draft: T) => void): OwnStep | undefined {
    return this.writable ? this.#write(edit as Edit) : undefined
  }

  /** What is not yet written of a long text is in this tab only. */
  wroteLong(progress: { done: number; of: number } | undefined): void {
    this.long = progress
  }

  /** What `act` changes is one step for the person. */
  asOne(act: () => void): void {
    if (this.#together) return act()
    const before = A.getHeads(this.handle.doc())
    this.#together = before
    try {
      act()
    } finally {
      this.#together = undefined
      const after = A.getHeads(this.handle.doc())
      if (after.join() !== before.join()) this.#steps.record({ before, after })
    }
  }

  /** The last change that Ctrl+Z takes back. */
  get lastStep(): OwnStep | undefined {
    return this.#steps.last
  }

  /** Takes back the last change of the person's, or that one. False where there is none. */
  undo(step?: OwnStep): boolean {
    return this.writable && this.#steps.undo(() => this.handle.doc(), (edit) => this.#write(edit), step)
  }

  redo(): boolean {
    return this.writable && this.#steps.redo(() => this.handle.doc(), (edit) => this.#write(edit))
  }

  /** The document as the editor of a rich text sees it. */
  get text(): TextHandle {
    const handle = this.handle as unknown as TextHandle
    return {
      doc: () => handle.doc(),
      change: (edit) => void this.#write(edit),
      on: (event, listener) => handle.on(event, listener),
      off: (event, listener) => handle.off(event, listener),
    }
  }

  /** One change in Automerge. The first of an actor says who writes: the actor alone tells the school. */
  #write(edit: Edit): OwnStep | undefined {
    const handle = this.handle as unknown as Handle<object>
    const before = A.getHeads(handle.doc())
    const message = this.#signed ? '' : this.#name
    handle.change(edit, message === '' ? {} : { message })
    const after = A.getHeads(handle.doc())
    if (after.join() === before.join()) return undefined
    this.#signed = true
    return { before, after }
  }

  get #name(): string {
    return nameToTell(this.signature ?? nameHere())
  }

  /** Adds an item to a collection, with all its fields (`given` in the place of their first values; scalar words made with `word`), at
   * `index` among `shown`, the items that the person sees as its neighbours. Returns its id. */
  add(collection: string, given: Readonly<Record<string, unknown>>, shown: Placed<unknown>[], index: number = shown.length): Id {
    const id = newId()
    const item = blank(this.info.kind, collection, given)
    this.change((draft) => addItem(draft, [collection], id, item, shown, index))
    return id
  }

  /** Puts a removed item back, with its words as the person last had them. */
  putBack(kept: KeptItem): void {
    if (!this.writable) return
    this.change((draft) => putBack(draft, kept))
    this.letBe(kept)
  }

  /** The person has seen that the item is removed. */
  letBe(kept: KeptItem): void {
    this.#sitting?.letBe(kept)
    this.#showRemoved()
  }

  /** Ends listening. Only for a document without unsaved words. */
  close(): void {
    for (const stop of this.#stop.splice(0)) stop()
    clearInterval(this.#slowTimer)
    clearTimeout(this.#calmTimer)
    this.#saveCopies()
    void this.#copyKeeper.now()
    this.#letGo()
  }

  /** Keeps it on this device as it is, where the person keeps documents there. */
  keepCopy(): Promise<void> {
    return this.#copyKeeper.now()
  }

  async refreshInfo(): Promise<void> {
    const info = await api.document(this.id).catch(() => undefined)
    if (!info) return
    this.info = info
    if (info.can_write !== this.#mayWrite) await this.#accessChanged(info.can_write)
  }

  async refreshSetAside(): Promise<void> {
    this.setAside = await api.setAside(this.id).catch(() => this.setAside)
  }

  /** Resolves to the id of the copy, where one was kept. */
  async settle(id: number, action: 'copy' | 'drop'): Promise<string | null> {
    const { document } = await api.settleSetAside(id, action)
    await this.refreshSetAside()
    return document
  }

  async #fetch(signal: AbortSignal): Promise<void> {
    if (this.leftInTab === '') await this.#unsent.load()
    const { handle, actor, nodeHeads } = await openHandle<T>(this.id, this.#unsent, signal)
    this.#actor = actor
    this.#nodeHeads = nodeHeads
    this.#unsent.begin(actor, () => handle.doc(), () => String(this.doc.title ?? ''))
    this.#signed = false
    this.#steps.forget()
    this.#handle = handle
    this.doc = this.calm = handle.doc() as T
    if (!this.#sitting) {
      this.#sitting = new Sitting(new Copies(browserKeeping(), session.me?.person.id ?? '', this.id))
      this.#sitting.resume(this.doc, Date.now())
      this.#showRemoved()
    }
    handle.on('change', (step) => {
      this.doc = step.doc as T
      this.#calmTimer ??= setTimeout(() => this.#calmDown(), CALM_MS)
      this.#takeNote(step)
      this.#count()
      this.#copyKeeper.soon()
    })
    handle.on('heads', (heads) => {
      this.#nodeHeads = heads
      this.#count()
    })
    this.others.listen(handle as unknown as Handle<unknown>, () => ({ name: this.#name, school: session.me?.school.id ?? '' }))
    this.#count()
    this.#copyKeeper.soon()
    this.copy += 1
  }

  #takeNote(step: Change<T>): void {
    this.#sitting?.take(step, this.#actor, Date.now())
    this.#showRemoved()
    if (this.#sitting?.changed) this.#saveTimer ??= setTimeout(() => this.#saveCopies(), SAVE_COPIES_MS)
  }

  #calmDown(): void {
    this.#calmTimer = undefined
    this.calm = this.doc
  }

  #showRemoved(): void {
    this.removed = this.#sitting?.removed ?? []
  }

  #saveCopies(): void {
    clearTimeout(this.#saveTimer)
    this.#saveTimer = undefined
    this.#sitting?.save(this.doc, Date.now())
  }

  #count(): void {
    if (!this.#handle) return
    const before = this.#pending
    this.#pending = this.#unsent.count(this.#handle.doc(), this.#nodeHeads)
    if (before > 0 && this.#pending === 0) void keeping.lookUnsent()
    this.kept = this.#unsent.kept
    if (this.#pending === 0) {
      clearInterval(this.#slowTimer)
      this.#slowTimer = undefined
      this.slow = false
    } else this.#slowTimer ??= setInterval(() => this.#waitsLong(), SLOW_MS)
  }

  #waitsLong(): void {
    this.slow = true
    line.doubt()
  }

  async #accessChanged(canWrite: boolean): Promise<void> {
    this.#mayWrite = canWrite
    if (canWrite) return
    await this.refreshSetAside()
    await this.#showWhatAllSee()
  }

  async #refuse(): Promise<void> {
    this.#refused = true
    await this.refreshSetAside()
    await this.#showWhatAllSee()
  }

  /** Only when the node holds the refused words does this tab let go of them. */
  async #showWhatAllSee(): Promise<void> {
    if (this.#pending === 0 || this.setAside.length === 0) return
    const words = wordsBeyond(this.handle.doc(), this.#nodeHeads)
    if (!this.setAside.some((piece) => piece.text.includes(words))) this.leftInTab = words
    const refused = this.#actor
    // What the node has not set aside goes to it once more when the document is opened anew, and is set aside then.
    if (this.leftInTab === '') this.#unsent.forget()
    else await this.#unsent.leave()
    this.#letGo()
    await this.#copyKeeper.drop()
    this.#pending = 0
    await this.#fetch(AbortSignal.timeout(SLOW_MS)).then(
      () => this.#sitting?.refused(this.doc, refused),
      () => location.reload(),
    )
  }

  #letGo(): void {
    this.others.stop()
    if (this.#handle) line.letGo(this.#handle)
    this.#handle = undefined
  }
}

/** Calls `save` whenever the page may be about to go: a phone gives no later word. */
function whenLeaving(save: () => void): () => void {
  const hidden = () => document.visibilityState === 'hidden' && save()
  window.addEventListener('pagehide', save)
  document.addEventListener('visibilitychange', hidden)
  return () => {
    window.removeEventListener('pagehide', save)
    document.removeEventListener('visibilitychange', hidden)
  }
}
