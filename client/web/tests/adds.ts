// A document that files are added to, and a node that they are sent to: as much of both as adding needs.
import * as A from '@automerge/automerge/slim'
import { afterEach, beforeAll, beforeEach, vi } from 'vitest'
import { session } from '../src/data/session.svelte'
import type { Common } from '../src/edit/kinds'
import { blank } from '../src/edit/kinds/shape'
import { addItem, ordered, word } from '../src/edit/paths'
import { locale } from '../src/locale/locale.svelte'
import { Addings } from '../src/parts/files/adding.svelte'
import type { Adding } from '../src/parts/files/onitsway.svelte'
import { loadAutomerge } from './people'
import { heic, sample } from './samples'

export class Live {
  id = 'd'
  info = { kind: 'plan' }
  writable = true
  signature: string | undefined
  changes = 0
  doc = A.from({ kind: word('plan'), schema: 3, title: '', language: word(''), judgements: { j: { asked: '' } }, files: {} }) as unknown as Common
  add(collection: string, given: Record<string, unknown>, shown: { id: string; item: unknown }[]): string {
    const id = `f${this.changes}`
    this.changes += 1
    this.doc = A.change(this.doc as never, (draft) => addItem(draft, [collection], id, blank('plan', collection, given), shown, shown.length)) as unknown as Common
    return id
  }
}

/** What the node has got, by upload. */
export let sent: { length: number; bytes: Uint8Array }[] = []
/** How many documents are held open for what is on its way. */
export let isHeld = 0
let down = false

/** The node has no room, or has some again. */
export const hasRoom = (has: boolean) => void (down = !has)
export const forgetSent = () => void (sent = [])

/** Each test has a browser and a node of its own. */
export function inBrowser(): void {
  beforeAll(async () => {
    await loadAutomerge()
    await locale.use('en')
    await locale.rooms()
  })
  beforeEach(() => {
    ;[sent, down, isHeld] = [[], false, 0]
    vi.stubGlobal('fetch', async (address: string, { method, headers, body }: { method: string; headers?: Record<string, string>; body?: ArrayBuffer }) => {
      if (down) return Response.json({ error: { code: 'no_room_for_files', args: {} } }, { status: 507 })
      const id = Number(address.split('/').at(-1))
      const upload = sent[id]
      if (method === 'POST') {
        sent.push({ length: Number(headers?.['upload-length']), bytes: new Uint8Array() })
        return new Response(null, { status: 201, headers: { location: `/api/v1/uploads/${sent.length - 1}` } })
      }
      if (method === 'PATCH' && upload && body) {
        upload.bytes = new Uint8Array([...upload.bytes, ...new Uint8Array(body)])
        return new Response(null, { status: 204, headers: { 'upload-offset': String(upload.bytes.length) } })
      }
      const hash = String(id).padStart(64, '0')
      return Response.json({ id: String(id), length: upload?.length, offset: upload?.bytes.length, hash, media_type: id === 9 ? null : mediaOf(upload?.bytes ?? new Uint8Array()) })
    })
    class Canvas {
      constructor(public width: number, public height: number) {}
      getContext = () => ({ fillRect: () => {}, drawImage: () => {} })
      convertToBlob = () => Promise.resolve(new Blob([new Uint8Array([0xff, 0xd8, 0xff, this.width & 255])], { type: 'image/jpeg' }))
    }
    vi.stubGlobal('OffscreenCanvas', Canvas)
    vi.stubGlobal('createImageBitmap', (blob: Blob) => (blob.size === 0 ? Promise.reject(new DOMException('no', 'InvalidStateError')) : Promise.resolve({ width: 4_000, height: 3_000, close: () => {} })))
  })
  afterEach(() => {
    session.forgetsFiles()
    vi.unstubAllGlobals()
  })
}

const mediaOf = (bytes: Uint8Array) => (bytes[0] === 0 ? 'application/x-bytes' : 'text/plain; charset=utf-8')
export const unknown = (name = 'IMG_1.HEIC', lastModified = 5) => new File([heic()], name, { type: 'image/heic', lastModified })
export const photo = (name = 'IMG_1.JPG') => new File([sample('turned.jpg')], name, { type: 'image/jpeg' })
export const holding = (live: Live) => () => {
  isHeld += 1
  return Promise.resolve({ live: live as never, release: () => void (isHeld -= 1) })
}
export const filesIn = (live: Live) => ordered(live.doc.files).map(({ item }) => item)

export function start() {
  const live = new Live()
  return { live, addings: new Addings(live as never, holding(live)) }
}
export const only = (addings: Addings) => addings.all[0] as Adding
