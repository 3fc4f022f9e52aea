// Files on their way into a document: looked at, chosen how to be sent, sent, and named in the document with one change. One at a time: a weak line
// brings the first of three sooner than all three at once.
import { SvelteMap } from 'svelte/reactivity'
import { ApiError } from '../../data/api'
import { clock } from '../../data/clock.svelte'
import { events } from '../../data/events.svelte'
import { session } from '../../data/session.svelte'
import { undo, type Offer } from '../../data/undo.svelte'
import { said, type Common, type NamedFile } from '../../edit/kinds'
import { ordered } from '../../edit/order'
import { valueAt, word } from '../../edit/paths'
import { referenceOf } from '../../companion/who'
import { SENDING_LIMIT, TYPE_BYTES } from '../../files/limits'
import { isFilm, withoutPlace, type ClearedFilm } from '../../files/film'
import { safeName, typeSaid } from '../../files/name'
import { smallPictureOf } from '../../files/smallpicture'
import { waysOf, type Drawn, type Refused } from '../../files/smaller'
import { isBuiltAsFilm, isFromCamera, typeOf, type MediaType } from '../../files/type'
import { NOTHING_SENT, markOf, partOf, sameIn, type How } from '../../files/unfinished'
import type { SentPart } from '../../files/sum'
import { Upload, passes, type Sent } from '../../files/upload'
import type { LiveDocument } from '../../live/document.svelte'
import { giveBack, heldDocument, take } from '../../live/shelf'
import { listed } from '../../locale/isolated'
import { t } from '../../locale/locale.svelte'
import { Adding, type Batch, type Content, type WhyNot } from './onitsway.svelte'
import { unfinished } from './unfinished.svelte'

/** How often it is looked at whether something still moves. */
const LOOK_MS = 1_000

/** What another document says of a file. */
export type Known = Pick<NamedFile, 'name' | 'note' | 'hash' | 'media_type' | 'size' | 'thumbnail' | 'width' | 'height'>

type Live = Pick<LiveDocument<Common>, 'id' | 'doc' | 'writable' | 'add' | 'signature'>

/** The document, held open until `release` is called. */
interface Held {
  live: Live
  release: () => void
}

/** The files on their way into one document. They go on, and wait for a word, while the person reads another. */
export class Addings {
  all = $state.raw<readonly Adding[]>([])
  /** What was chosen beyond what is on its way at once: it follows as soon as others are done. */
  rest = $state.raw<readonly { file: File; at: string; batch: Batch }[]>([])
  /** Photos that went smaller though nobody has said so: the place could be taken out in no other way. */
  onlySmaller = $state.raw<readonly { at: string; name: string }[]>([])
  /** What was not added, since the same content stands there: as it is called there. */
  already = $state.raw<readonly { at: string; name: string }[]>([])
  #leftOut: { offer: Offer; files: readonly { file: File; at: string }[] } | undefined
  /** What was added last. */
  added = $state.raw<{ at: string; name: string } | undefined>()
  #live: Live
  readonly #hold: (signal: AbortSignal) => Promise<Held>
  #looking: Promise<void> = Promise.resolve()
  #sending: Promise<void> = Promise.resolve()

  constructor(live: Live, hold: (signal: AbortSignal) => Promise<Held>) {
    this.#live = live
    this.#hold = hold
  }

  /** A document that was let go of meanwhile is another one once it is opened anew. */
  stands(live: Live): this {
    this.#live = live
    return this
  }

  get document(): string {
    return this.#live.id
  }

  of(at: string): readonly Adding[] {
    return this.all.filter((each) => each.at === at)
  }

  add(at: string, files: Iterable<File>): void {
    const elsewhere = (each: { at: string }) => each.at !== at
    ;[this.onlySmaller, this.already] = [this.onlySmaller.filter(elsewhere), this.already.filter(elsewhere)]
    this.#begin([...files].map((file) => ({ file, at })))
  }

  #begin(files: readonly { file: File; at: string }[]): void {
    const batch: Batch = {}
    this.rest = [...this.rest, ...files.map(({ file, at }) => ({ file, at, batch }))]
    this.fill()
  }

  /** They are not sent. For a while that can be taken back: a photo that was just taken is nowhere else. */
  leave(addings: readonly Adding[]): void {
    // Those that were left out a moment ago come back with them.
    const before = this.#leftOut && this.#leftOut.offer === undo.offer ? this.#leftOut.files : []
    const files = [...before, ...addings.map(({ file, at }) => ({ file, at }))]
    for (const adding of addings) this.cancel(adding)
    const words = t('files-left-out', { names: listed(files.map(({ file }) => safeName(file.name))) })
    const offer: Offer = { words, undo: () => this.#begin(files), done: () => false, byKey: false }
    this.#leftOut = { offer, files }
    undo.propose(offer)
  }

  /** Begins what follows, as far as there are places. */
  fill(): void {
    const room = Math.max(0, SENDING_LIMIT - underWay.size)
    if (room === 0 || this.rest.length === 0) return
    const added = this.rest.slice(0, room).map(({ file, at, batch }) => new Adding(file, at, batch))
    this.rest = this.rest.slice(room)
    this.all = [...this.all, ...added]
    for (const adding of added) {
      underWay.set(adding, this)
      adding.begun = sameIn(unfinished.list.filter((each) => each.document === this.#live.id && each.at === adding.at), adding.file)
    }
    for (const adding of added) this.#looking = this.#looking.then(() => this.#look(adding))
  }

  /** How those are sent that wait for a word, and the photos that were chosen with them and are still to be looked at. */
  choose(addings: readonly Adding[], how: How): void {
    for (const adding of addings) {
      if (adding.ways) adding.batch.how = how
      this.#goes(adding, how)
    }
  }

  /** What cannot be smaller goes as it is. */
  #goes(adding: Adding, how: How): void {
    if (adding.step !== 'choosing') return
    const { ways } = adding
    adding.how = ways ? how : 'as_it_is'
    if (!ways) this.#sends(adding, { blob: adding.file, width: 0, height: 0, made: 'as_it_was' })
    else if (how === 'smaller' && ways.smaller) this.#sends(adding, drawn(ways.smaller, 'anew'))
    else if (ways.original) this.#sends(adding, drawn(ways.original, 'as_it_was'))
  }

  /** They are to stand elsewhere in the document: what they were added to is gone. */
  move(addings: readonly Adding[], at: string): void {
    for (const adding of addings) {
      adding.at = at
      // Where it is asked about now, nobody has seen the question.
      adding.asked = false
      this.again(adding)
    }
  }

  again(adding: Adding): void {
    if (adding.step !== 'failed' || adding.giving.signal.aborted) return
    adding.error = undefined
    if (adding.content) this.#sends(adding, adding.content)
    else this.#looking = this.#looking.then(() => this.#look(adding))
  }

  cancel(adding: Adding): void {
    adding.giving.abort()
    // One that waits has nobody who would tell the node.
    if (adding.step !== 'sending') for (const upload of Object.values(adding.uploads)) upload?.end()
    this.#drop(adding)
  }

  /** Resolves when nothing is looked at or sent; what waits for a word waits on. */
  async settled(): Promise<void> {
    await this.#looking
    await this.#sending
  }

  async #look(adding: Adding): Promise<void> {
    if (adding.giving.signal.aborted) return
    adding.step = 'looking'
    let first: Uint8Array
    try {
      first = new Uint8Array(await adding.file.slice(0, TYPE_BYTES + 1).arrayBuffer())
    } catch {
      return this.#fails(adding, new ApiError('file_unreadable', 0))
    }
    adding.type = typeOf(first)
    const isUnknown = adding.type === 'application/octet-stream'
    if (isUnknown && isFromCamera(first)) return this.#asks(adding, 'not_understood')
    if (isFilm(adding.type) || (isUnknown && isBuiltAsFilm(first))) return this.#film(adding)
    if (!adding.type.startsWith('image/') || adding.type === 'image/svg+xml') return this.#asItIs(adding)
    // A browser without memory for it may fail in ways of its own; the next ones are looked at all the same.
    const ways = await waysOf(adding.file).catch((): Refused => ({ outcome: 'undecodable' }))
    if (adding.giving.signal.aborted) return
    if ('outcome' in ways) {
      if (ways.outcome === 'not_an_image') return this.#asItIs(adding)
      return this.#asks(adding, ways.outcome)
    }
    adding.ways = ways
    adding.step = 'choosing'
    if (adding.begun) this.#goes(adding, adding.begun.how)
    else if (!ways.smaller || !ways.original) this.#goes(adding, 'smaller')
    else if (adding.batch.how) this.#goes(adding, adding.batch.how)
  }

  /** Whether it goes although it may say where it was taken. */
  async #asks(adding: Adding, whyNot: WhyNot): Promise<void> {
    const { begun, file } = adding
    // Whoever goes on has said before that it is sent as it is: these very bytes, and not what was made of them, or of others of the same name.
    const isSaid = begun?.how === 'as_it_is' && begun.content === (await markOf(file).catch(() => undefined))
    if (adding.giving.signal.aborted) return
    adding.whyNot = whyNot
    adding.step = 'choosing'
    if (isSaid) this.#goes(adding, 'as_it_is')
  }

  async #film(adding: Adding): Promise<void> {
    let film: ClearedFilm
    try {
      film = await withoutPlace(adding.file, adding.type)
    } catch {
      return this.#fails(adding, new ApiError('file_unreadable', 0))
    }
    if (adding.giving.signal.aborted) return
    if (film.outcome === 'clean') this.#sends(adding, { blob: film.blob, width: 0, height: 0, made: 'as_it_was' })
    else await this.#asks(adding, `film_${film.outcome}`)
  }

  #asItIs(adding: Adding): void {
    adding.carries = adding.type !== 'text/plain'
    this.#sends(adding, { blob: adding.file, width: 0, height: 0, made: 'as_it_was' })
  }

  #sends(adding: Adding, content: Content): void {
    adding.content = content
    adding.size = content.blob.size
    adding.step = 'queued'
    this.#sending = this.#sending.then(() => this.#send(adding, content))
  }

  async #send(adding: Adding, content: Content): Promise<void> {
    const { signal } = adding.giving
    if (signal.aborted) return
    adding.step = 'sending'
    adding.progress(adding.sent, Date.now())
    const looks = setInterval(() => adding.looks(Date.now()), LOOK_MS)
    let release: (() => void) | undefined
    try {
      const held = await this.#hold(signal)
      release = held.release
      this.stands(held.live)
      const small = await this.#smallPicture(adding, content)
      adding.uploads.content ??= await this.#uploadOf(adding, content.blob)
      const sent = await adding.uploads.content.send(signal)
      signal.throwIfAborted()
      const name = this.#name(adding, content, sent, small?.hash ?? '')
      if (name !== undefined && adding.ways?.original === undefined && content.made === 'anew') this.onlySmaller = [...this.onlySmaller, { at: adding.at, name }]
      this.#drop(adding)
    } catch (error) {
      if (!signal.aborted) this.#fails(adding, error)
      // What another try had begun of it.
      else for (const upload of Object.values(adding.uploads)) upload?.end()
    } finally {
      clearInterval(looks)
      release?.()
    }
  }

  /** Goes on with what the node has of the very same content. */
  async #uploadOf(adding: Adding, blob: Blob): Promise<Upload> {
    const content = await markOf(blob).catch(() => {
      throw new ApiError('file_unreadable', 0)
    })
    const { begun, file, at, how } = adding
    const before =
      begun?.content === content
        ? await partOf(blob, begun.sent, adding.giving.signal).catch(() => {
            adding.giving.signal.throwIfAborted()
            throw new ApiError('file_unreadable', 0)
          })
        : undefined
    const goesOn = before !== undefined
    if (begun && !goesOn) void unfinished.drop(begun.upload).catch(() => undefined)
    const { name, size, lastModified } = file
    const onbegun = (upload: string) => {
      if (adding.upload !== undefined) unfinished.forget(adding.upload)
      adding.upload = upload
      unfinished.note({ upload, document: this.#live.id, at, how, content, sent: begun && goesOn ? begun.sent : NOTHING_SENT, name, size, lastModified })
    }
    const onprogress = (sent: number, known?: SentPart) => {
      adding.progress(sent, Date.now())
      if (adding.upload !== undefined) unfinished.moves(adding.upload, known)
    }
    if (begun && goesOn) onbegun(begun.upload)
    return new Upload(blob, onprogress, undefined, { id: goesOn ? begun?.upload : undefined, sum: before, onbegun })
  }

  /** Sent before the content: others see it first. A file goes without, where none can be drawn. */
  async #smallPicture(adding: Adding, { blob, width }: Content): Promise<Sent | undefined> {
    if (!adding.uploads.thumbnail) {
      // A browser may lack what draws it, or fail in ways of its own: the file goes all the same.
      const small = await smallPictureOf(blob, adding.type, width).catch(() => undefined)
      adding.giving.signal.throwIfAborted()
      if (!small) return undefined
      adding.uploads.thumbnail = new Upload(small.blob)
    }
    return adding.uploads.thumbnail.send(adding.giving.signal)
  }

  #name(adding: Adding, { width, height, made }: Content, { hash, media_type, length }: Sent, small: string): string | undefined {
    const own = made === 'anew' ? 'image/jpeg' : adding.type
    const name = nameFor(adding.file.name, own, made)
    return this.#stand(adding.at, {
      name,
      hash: word(hash),
      // We know more kinds of papers than the node; it knows more kinds of bytes.
      media_type: word(own === 'application/octet-stream' ? media_type : own),
      size: length,
      thumbnail: word(small),
      width,
      height,
    })
  }

  /** A file that another document names, as its plain form says, stands here too: its content is at the school already, or comes as any other. */
  reuse(at: string, file: Known): void {
    this.already = this.already.filter((each) => each.at !== at)
    this.#stand(at, {
      name: safeName(said(file.name), typeSaid(said(file.media_type))),
      note: said(file.note),
      hash: word(said(file.hash)),
      media_type: word(said(file.media_type)),
      size: count(file.size),
      thumbnail: word(said(file.thumbnail)),
      width: count(file.width),
      height: count(file.height),
    })
  }

  /** Under which name it stands there now; none where the same content stands there already. */
  #stand(at: string, file: Readonly<Record<string, unknown>> & { name: string; hash: unknown }): string | undefined {
    const live = this.#live
    if (!live.writable || live.doc.files === undefined) throw new ApiError('not_allowed', 403)
    if (at !== '' && valueAt(live.doc, at.split('/')) === undefined) throw new ApiError('place_gone', 0)
    const { me } = session
    const shown = ordered<NamedFile>(live.doc.files).filter(({ item }) => said(item.at) === at)
    const there = shown.find(({ item }) => said(item.hash) === said(file.hash))
    if (there) {
      this.already = [...this.already, { at, name: said(there.item.name) }]
      return undefined
    }
    live.add(
      'files',
      {
        ...file,
        at: word(at),
        by: live.signature ?? me?.person.name ?? '',
        school: me?.guest?.school ?? me?.school.name ?? '',
        person: word(live.signature === undefined ? referenceOf(me) : ''),
        at_ms: clock.now(),
      },
      shown,
    )
    this.added = { at, name: file.name }
    return file.name
  }

  #fails(adding: Adding, error: unknown): void {
    adding.error = error
    adding.step = 'failed'
    // Whoever signs in again finds them on their way.
    if (!passes(error) && !(error instanceof ApiError && error.code === 'signed_out')) return
    const stop = events.onOpen(() => {
      stop()
      this.again(adding)
    })
  }

  #drop(adding: Adding): void {
    this.all = this.all.filter((each) => each !== adding)
    underWay.delete(adding)
    if (adding.upload !== undefined) unfinished.forget(adding.upload)
    for (const addings of new Set([this, ...byDocument.values()])) addings.fill()
  }
}

/** Another program may have written anything there. */
const count = (value: unknown): number => (Number.isSafeInteger(value) ? Math.max(0, Number(value)) : 0)

const drawn = ({ blob, width, height }: Drawn, made: Content['made']): Content => ({ blob, width, height, made })

/** A photo that is JPEG now is called so: `IMG_1.heic` becomes `IMG_1.jpg`, not `IMG_1.heic.jpg`. */
export function nameFor(name: string, type: MediaType, made: Content['made']): string {
  return safeName(made === 'anew' ? name.replace(/\.(avif|gif|hei[cf]|hif|jfif|jpe?g?|png|webp)$/i, '') : name, type)
}

/** By document: a file must outlast what the tab holds of the document, since nobody else has it. A document stays here while it is open or something is on
 * its way into it. */
const byDocument = new Map<string, Addings>()

/** The files on their way into a document that is open. */
export function addingsTo(live: LiveDocument<Common>): Addings {
  const known = byDocument.get(live.id)
  if (known) return known.stands(live)
  for (const [id, { all: waiting, rest }] of byDocument) if (waiting.length === 0 && rest.length === 0 && !heldDocument(id)) byDocument.delete(id)
  const addings = new Addings(live, async (signal) => ({ live: await take<Common>(live.id, signal), release: () => giveBack(live.id) }))
  byDocument.set(live.id, addings)
  return addings
}

/** Those that are in this tab alone, and where they are on their way. */
const underWay = new SvelteMap<Adding, Addings>()
window.addEventListener('beforeunload', (event) => {
  if (underWay.size === 0) return
  event.preventDefault()
  // Browsers of before 2023, the last ones for Windows 7 among them, know only this.
  event.returnValue = true
})

/** Nothing of a person stays in the memory of the page. */
session.filesUnderWay = () => underWay.size
session.filesIn = () => [...new Set([...underWay.values()].map(({ document }) => document))]
session.forgetsFiles = () => {
  undo.drop()
  for (const addings of byDocument.values()) addings.rest = []
  for (const [adding, addings] of [...underWay]) addings.cancel(adding)
  byDocument.clear()
}
