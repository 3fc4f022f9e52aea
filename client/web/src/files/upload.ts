// A file on its way to the node, in pieces (the tus protocol): over weak Wi-Fi it goes on where it was cut off.
import { ApiError, api, request } from '../data/api'
import { Sum, type SentPart } from './sum'
import {
  SUM_BYTES,
  UPLOAD_BACKOFF_LONGEST_MS,
  UPLOAD_BACKOFF_MS,
  UPLOAD_FAILURES,
  UPLOAD_PIECE_BYTES,
  UPLOAD_PIECE_LEAST_BYTES,
  UPLOAD_PIECE_MOST_BYTES,
  UPLOAD_PIECE_MS,
  UPLOAD_PIECE_WITHIN_MS,
} from './limits'

/** What a file has become at the node. */
export interface Sent {
  hash: string
  media_type: string
  length: number
}

/** One file that is sent. After a failure, `send` again goes on where it was. */
export class Upload {
  readonly #blob: Blob
  readonly #onprogress: (sent: number, known?: SentPart) => void
  readonly #wait: (ms: number, signal: AbortSignal) => Promise<void>
  #id: string | undefined
  #offset = 0
  #piece = UPLOAD_PIECE_BYTES
  #startedAnew = false
  /** Of what has come, as far as it is known byte by byte; and the piece that is on its way. */
  #sum: Sum
  #onItsWay = new Uint8Array()

  readonly #onbegun: (id: string) => void

  /** `onprogress` hears how many bytes the node has, and what of them is known; `onbegun`, by which name the node knows it. With the `id` of one that was begun
   * before, with the same content, it goes on where that one was; `sum`: of what is known to have been sent of it. */
  constructor(
    blob: Blob,
    onprogress: (sent: number, known?: SentPart) => void = () => {},
    wait = pause,
    { id, sum, onbegun = () => {} }: { id?: string | undefined; sum?: Sum | undefined; onbegun?: (id: string) => void } = {},
  ) {
    this.#blob = blob
    this.#onprogress = onprogress
    this.#wait = wait
    this.#id = id
    this.#sum = sum ?? new Sum()
    this.#onbegun = onbegun
  }

  /** Rejects with an `ApiError`, or with the signal's reason: then the node has been told to let go of what came. */
  async send(signal: AbortSignal): Promise<Sent> {
    try {
      return await this.#persist(signal)
    } catch (error) {
      if (signal.aborted) this.end()
      throw error
    }
  }

  /** A line that breaks breaks again: only so many failures in a row, without a byte between them, are the end. */
  async #persist(signal: AbortSignal): Promise<Sent> {
    let failures = 0
    let furthest = this.#offset
    let broken = this.#id !== undefined
    for (;;) {
      signal.throwIfAborted()
      try {
        if (broken && this.#id !== undefined) {
          const { offset } = await api.upload(this.#id, signal)
          await this.#knows(offset, signal)
          this.#at(offset)
        }
        broken = false
        const sent = await this.#step(signal)
        if (sent) return sent
      } catch (error) {
        signal.throwIfAborted()
        const follows = this.#follows(error)
        failures = this.#offset > furthest ? 1 : failures + 1
        if (failures >= UPLOAD_FAILURES || (!follows && !passes(error))) throw error
        broken = !follows
        if (broken) this.#piece = Math.max(UPLOAD_PIECE_LEAST_BYTES, this.#piece / 2)
        if (broken) await this.#wait(Math.min(UPLOAD_BACKOFF_LONGEST_MS, UPLOAD_BACKOFF_MS * 2 ** (failures - 1)), signal)
      }
      if (this.#offset > furthest) failures = 0
      furthest = Math.max(furthest, this.#offset)
    }
  }

  /** Begins it, or sends the next piece; with the last one it is whole. */
  async #step(signal: AbortSignal): Promise<Sent | undefined> {
    const isWhole = () => this.#offset === this.#blob.size
    if (this.#id === undefined) await this.#begin(signal)
    else {
      // All of it may have come while nobody heard the answer.
      const kept = isWhole() ? await this.#result(signal) : undefined
      if (kept) return kept
      await this.#sendPiece(signal)
    }
    if (!isWhole()) return undefined
    const sent = await this.#result(signal)
    if (!sent) throw new ApiError('upload_busy', 423)
    return sent
  }

  async #begin(signal: AbortSignal): Promise<void> {
    const { answer } = await request('POST', 'uploads', { headers: { ...TUS, 'upload-length': String(this.#blob.size) }, signal })
    const id = /\/uploads\/([^/?#]+)$/.exec(answer.headers.get('location') ?? '')?.[1]
    if (id === undefined) throw new ApiError('unexpected_answer', answer.status, { status: answer.status })
    this.#id = id
    this.#onbegun(id)
    this.#at(0)
  }

  /** An empty piece where all has come: what was left is to keep it. */
  async #sendPiece(signal: AbortSignal): Promise<void> {
    const body = await this.#bytes(this.#offset, this.#offset + this.#piece)
    const headers = { ...TUS, 'upload-offset': String(this.#offset), 'content-type': 'application/offset+octet-stream' }
    this.#onItsWay = new Uint8Array(body)
    const begun = performance.now()
    const { answer } = await request('PATCH', `uploads/${this.#id}`, { headers, body, withinMs: UPLOAD_PIECE_WITHIN_MS, signal })
    this.#piece = pieceAfter(body.byteLength, performance.now() - begun)
    this.#at(Number(answer.headers.get('upload-offset') ?? this.#offset + body.byteLength))
  }

  async #result(signal: AbortSignal): Promise<Sent | undefined> {
    if (this.#id === undefined) return undefined
    const { hash, media_type, length } = await api.upload(this.#id, signal)
    return hash === null ? undefined : { hash, media_type: media_type ?? 'application/octet-stream', length }
  }

  /** Whether the refusal itself says where to go on. */
  #follows(error: unknown): boolean {
    if (!(error instanceof ApiError)) return false
    const offset = error.code === 'upload_elsewhere' ? Number(error.args['offset']) : NaN
    if (Number.isInteger(offset) && offset !== this.#offset && offset >= 0 && offset <= this.#blob.size) {
      this.#at(offset)
      return true
    }
    // Nobody went on with it for too long: from the start, once more.
    if (error.code !== 'unknown_upload' || this.#id === undefined || this.#startedAnew) return false
    this.#startedAnew = true
    this.#id = undefined
    this.#at(0)
    return true
  }

  /** Of a piece that was on its way when the page went a part may have come: it is of the file as it is, as far as anybody can tell, and known from now on. */
  async #knows(offset: number, signal: AbortSignal): Promise<void> {
    if (this.#onItsWay.length > 0) return
    while (this.#sum.bytes < Math.min(offset, this.#blob.size)) {
      signal.throwIfAborted()
      const from = this.#sum.bytes
      this.#sum.add(new Uint8Array(await this.#bytes(from, Math.min(offset, from + SUM_BYTES))))
    }
  }

  #bytes(from: number, to: number): Promise<ArrayBuffer> {
    return this.#blob.slice(from, to).arrayBuffer().catch(() => {
      // A card taken out, a cloud that is away.
      throw new ApiError('file_unreadable', 0)
    })
  }

  #at(offset: number): void {
    if (!Number.isInteger(offset) || offset < 0 || offset > this.#blob.size) throw new ApiError('unexpected_answer', 0, { status: 0 })
    // Of a piece that broke off a part may have come.
    const came = offset - this.#offset
    if (this.#sum.bytes === this.#offset && came > 0 && came <= this.#onItsWay.length) this.#sum.add(this.#onItsWay.subarray(0, came))
    this.#onItsWay = new Uint8Array()
    if (offset === 0) this.#sum = new Sum()
    this.#offset = offset
    this.#onprogress(offset, this.#sum.part)
  }

  /** The node lets go of what came. */
  end(): void {
    if (this.#id !== undefined) void api.endUpload(this.#id).catch(() => undefined)
    this.#id = undefined
    this.#offset = 0
  }
}

/** How long the next piece is, where this one took so many milliseconds. */
export function pieceAfter(bytes: number, took: number): number {
  const ofTheTime = Math.round((bytes * UPLOAD_PIECE_MS) / Math.max(1, took))
  // No more than four times as much: what was quick may have gone into a buffer on the way.
  return Math.min(Math.max(UPLOAD_PIECE_LEAST_BYTES, Math.min(ofTheTime, 4 * bytes)), UPLOAD_PIECE_MOST_BYTES)
}

const TUS = { 'tus-resumable': '1.0.0' }

/** What goes by: a line that broke, a piece of another try that is still being written, a node that starts anew. */
const PASSING: ReadonlySet<string> = new Set(['node_unreachable', 'upload_busy', 'upload_broke_off', 'upload_elsewhere', 'stopping'])

/** Whether another try, later, may well do. */
export const passes = (error: unknown): boolean => error instanceof ApiError && PASSING.has(error.code)

/** Ends early when the device has a line again. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const ends = new AbortController()
    const end = (then: () => void) => {
      clearTimeout(timer)
      ends.abort()
      then()
    }
    const timer = setTimeout(() => end(resolve), ms)
    window.addEventListener('online', () => end(resolve), ends)
    signal.addEventListener('abort', () => end(() => reject(signal.reason as Error)), ends)
  })
}
