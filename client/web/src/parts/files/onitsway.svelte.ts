// One file on its way into a document, and how far it has come.
import { newId } from '../../edit/order'
import { UPLOAD_STANDS_MS } from '../../files/limits'
import { Pace } from '../../files/pace'
import type { Unread } from '../../files/picture'
import type { Refused, Ways } from '../../files/smaller'
import type { MediaType } from '../../files/type'
import type { How, Unfinished } from '../../files/unfinished'
import type { Upload } from '../../files/upload'

/** `choosing`: a person says how it is sent, or whether it is. */
export type Step = 'waiting' | 'looking' | 'choosing' | 'queued' | 'sending' | 'failed'
/** Why a photo is no smaller than it was, or a film as it was, and may say where it was taken. */
export type WhyNot = Exclude<Refused['outcome'], 'not_an_image'> | `film_${Unread}`

/** What is sent of a file. */
export interface Content {
  blob: Blob
  width: number
  height: number
  /** What the canvas has made of a photo is another kind of file than it was. */
  made: 'as_it_was' | 'anew'
}

/** Files that were chosen together, and the one word for all photos among them. */
export interface Batch {
  how?: How
}

export class Adding {
  readonly key = newId()
  readonly file: File
  readonly batch: Batch
  /** What it stands at. */
  at = $state('')
  step = $state<Step>('waiting')
  ways = $state.raw<Ways | undefined>()
  whyNot = $state.raw<WhyNot | undefined>()
  /** Whether what is in it goes along: an author, a place. */
  carries = $state(false)
  size = $state(0)
  sent = $state(0)
  /** Bytes a second. */
  rate = $state(0)
  secondsLeft = $state<number | undefined>()
  /** Nothing of it has moved for a while. */
  stands = $state(false)
  error = $state.raw<unknown>()
  content: Content | undefined
  how: How = 'as_it_is'
  /** The same file, which was not sent to the end before. */
  begun: Unfinished | undefined
  /** The node's name for the content on its way. */
  upload: string | undefined
  type = $state<MediaType>('application/octet-stream')
  /** Of the thumbnail and of the content: kept, so that another try goes on. */
  readonly uploads: { thumbnail?: Upload | undefined; content?: Upload } = {}
  /** Whether its person has seen the question about it come up. */
  asked = false
  readonly giving = new AbortController()
  readonly #pace = new Pace()

  constructor(file: File, at: string, batch: Batch = {}) {
    this.file = file
    this.at = at
    this.batch = batch
    this.size = file.size
  }

  progress(sent: number, at: number): void {
    this.#pace.mark(sent, at)
    this.sent = sent
    this.looks(at)
  }

  /** As it looks at this moment. */
  looks(now: number): void {
    this.stands = now - (this.#pace.movedAt ?? now) > UPLOAD_STANDS_MS
    this.rate = this.stands ? 0 : this.#pace.rate(now)
    this.secondsLeft = this.stands ? undefined : this.#pace.secondsLeft(this.size, now)
  }
}
