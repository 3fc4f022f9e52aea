// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiError, whenSignedOut } from '../src/data/api'
import { UPLOAD_FAILURES, UPLOAD_PIECE_BYTES, UPLOAD_PIECE_LEAST_BYTES, UPLOAD_PIECE_MOST_BYTES, UPLOAD_PIECE_MS } from '../src/files/limits'
import { Sum, type SentPart } from '../src/files/sum'
import { Upload, pieceAfter } from '../src/files/upload'

const PIECE = UPLOAD_PIECE_BYTES
const HASH = 'ab'.repeat(32)

/** A node that keeps uploads, with a line that does what `turns` says of its next answers. */
class Node {
  length = -1
  got = 0
  begun = 0
  ended = 0
  readonly pieces: [offset: number, bytes: number][] = []
  /** What becomes of the next pieces: `cut` before a byte, `half` after half of it, `deaf` when all of it has come, or a refusal. */
  turns: ('cut' | 'half' | 'deaf' | 'whole' | { code: string; status: number; args?: Record<string, unknown> })[] = []
  isDown = false
  readonly fetch = async (address: string, { method, headers, body, signal }: { method: string; headers?: Record<string, string>; body?: ArrayBuffer; signal: AbortSignal }): Promise<Response> => {
    signal.throwIfAborted()
    if (this.isDown) throw new TypeError('failed to fetch')
    if (method === 'POST') {
      this.begun += 1
      this.length = Number(headers?.['upload-length'])
      this.got = 0
      return new Response(null, { status: 201, headers: { location: '/api/v1/uploads/u1', 'upload-offset': '0' } })
    }
    expect(address).toBe('/api/v1/uploads/u1')
    if (method === 'DELETE') {
      this.ended += 1
      return new Response(null, { status: 204 })
    }
    if (method === 'GET') {
      const whole = this.got === this.length
      return Response.json({ id: 'u1', length: this.length, offset: this.got, hash: whole ? HASH : null, media_type: whole ? 'image/jpeg' : null })
    }
    const [offset, bytes] = [Number(headers?.['upload-offset']), body?.byteLength ?? 0]
    this.pieces.push([offset, bytes])
    const turn = this.turns.shift() ?? 'whole'
    if (typeof turn === 'object') return Response.json({ error: { code: turn.code, args: turn.args ?? {} } }, { status: turn.status })
    if (turn === 'cut') throw new TypeError('network')
    if (offset !== this.got) return Response.json({ error: { code: 'upload_elsewhere', args: { offset: this.got } } }, { status: 409 })
    this.got += turn === 'half' ? Math.floor(bytes / 2) : bytes
    if (turn !== 'whole') throw new TypeError('network')
    return new Response(null, { status: 204, headers: { 'upload-offset': String(this.got) } })
  }
}

let node: Node
let waits: number[]
const wait = (ms: number) => {
  waits.push(ms)
  return Promise.resolve()
}
const blob = (bytes: number) => new Blob([new Uint8Array(bytes)])
const free = () => new AbortController().signal

beforeEach(() => {
  // Each piece takes as long as one should: they stay as long as the first.
  let clock = 0
  vi.spyOn(performance, 'now').mockImplementation(() => (clock += UPLOAD_PIECE_MS))
  node = new Node()
  waits = []
  vi.stubGlobal('fetch', node.fetch)
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
  whenSignedOut(() => {})
})

describe('an upload', () => {
  it('goes in pieces, says how far it is, and gives what the file has become', async () => {
    const told: number[] = []
    const length = 2 * PIECE + 5
    expect(await new Upload(blob(length), (sent) => told.push(sent), wait).send(free())).toEqual({ hash: HASH, media_type: 'image/jpeg', length })
    expect(node.pieces).toEqual([[0, PIECE], [PIECE, PIECE], [2 * PIECE, 5]])
    expect(told).toEqual([0, PIECE, 2 * PIECE, length])
  })

  it('goes in pieces of about two seconds each, whatever the line', () => {
    const after = (rate: number) => {
      let piece = PIECE
      for (let turn = 0; turn < 10; turn += 1) piece = pieceAfter(piece, (piece * 1_000) / rate)
      return piece
    }
    expect([after(8_000), after(100_000), after(1_000_000), after(1e8)]).toEqual([UPLOAD_PIECE_LEAST_BYTES, 200_000, 2_000_000, UPLOAD_PIECE_MOST_BYTES])
    expect(pieceAfter(PIECE, 1), 'one quick answer may come from a buffer').toBe(4 * PIECE)
    expect(pieceAfter(5, 0)).toBe(UPLOAD_PIECE_LEAST_BYTES)
  })

  it('of an empty file sends no piece', async () => {
    expect(await new Upload(blob(0), undefined, wait).send(free())).toMatchObject({ hash: HASH, length: 0 })
    expect(node.pieces).toEqual([])
  })

  it('that is cut in the middle of a piece asks how far it came and goes on there', async () => {
    node.turns = ['whole', 'half']
    expect(await new Upload(blob(2 * PIECE), undefined, wait).send(free())).toMatchObject({ hash: HASH })
    expect(node.pieces).toEqual([[0, PIECE], [PIECE, PIECE], [1.5 * PIECE, PIECE / 2]])
    expect([node.begun, waits]).toEqual([1, [500]])
  })

  it('sends half as much at a time after each cut', async () => {
    node.turns = ['cut', 'cut']
    await new Upload(blob(2 * PIECE), undefined, wait).send(free())
    expect(node.pieces.map(([, bytes]) => bytes).slice(0, 3)).toEqual([PIECE, PIECE / 2, PIECE / 4])
  })

  it('whose last answer was lost sends nothing twice', async () => {
    node.turns = ['deaf']
    expect(await new Upload(blob(10), undefined, wait).send(free())).toMatchObject({ hash: HASH })
    expect(node.pieces).toEqual([[0, 10]])
  })

  it('follows a node that has another part of it, at once', async () => {
    node.turns = [{ code: 'upload_elsewhere', status: 409, args: { offset: 3 } }]
    const sending = new Upload(blob(10), undefined, wait)
    const { fetch } = node
    vi.stubGlobal('fetch', (address: string, options: Parameters<typeof fetch>[1]) => {
      if (options.method === 'PATCH' && node.pieces.length === 0) node.got = 3
      return fetch(address, options)
    })
    expect(await sending.send(free())).toMatchObject({ hash: HASH })
    expect(node.pieces).toEqual([[0, 10], [3, 7]])
    expect(waits).toEqual([])
  })

  it('does not turn in circles at a node that always sends it elsewhere', async () => {
    node.turns = Array.from({ length: 100 }, (_, index) => ({ code: 'upload_elsewhere', status: 409, args: { offset: index % 2 === 0 ? 3 : 0 } }))
    await expect(new Upload(blob(10), undefined, wait).send(free())).rejects.toMatchObject({ code: 'upload_elsewhere' })
    expect(node.pieces.length).toBeLessThanOrEqual(UPLOAD_FAILURES + 1)
  })

  it('waits while an earlier piece of it is still being written', async () => {
    const busy = { code: 'upload_busy', status: 423 }
    node.turns = [busy, busy]
    expect(await new Upload(blob(10), undefined, wait).send(free())).toMatchObject({ hash: HASH })
    expect(waits).toEqual([500, 1_000])
  })

  it('gives up on a line that stays away, and goes on from there when asked again', async () => {
    node.turns = ['whole', 'cut']
    const sending = new Upload(blob(2 * PIECE), undefined, (ms) => {
      node.isDown = true
      return wait(ms)
    })
    await expect(sending.send(free())).rejects.toEqual(new ApiError('node_unreachable', 0))
    expect(waits).toHaveLength(UPLOAD_FAILURES - 1)
    expect(Math.max(...waits)).toBe(15_000)
    node.isDown = false
    expect(await sending.send(free())).toMatchObject({ hash: HASH })
    expect([node.begun, node.pieces.at(2)?.[0]]).toEqual([1, PIECE])
  })

  it('is refused as the node refuses it: nobody signed in, no room, too much', async () => {
    const left = vi.fn()
    whenSignedOut(left)
    for (const [code, status] of [['signed_out', 401], ['no_room_for_files', 507], ['upload_too_much', 400]] as const) {
      node.turns = [{ code, status }]
      await expect(new Upload(blob(10), undefined, wait).send(free())).rejects.toMatchObject({ name: 'ApiError', code, status })
    }
    expect(left).toHaveBeenCalledTimes(1)
    expect(waits).toEqual([])
  })

  it('that the node has forgotten begins anew, once', async () => {
    node.turns = [{ code: 'unknown_upload', status: 404 }]
    expect(await new Upload(blob(10), undefined, wait).send(free())).toMatchObject({ hash: HASH })
    expect(node.begun).toBe(2)
    node.turns = [{ code: 'unknown_upload', status: 404 }, { code: 'unknown_upload', status: 404 }]
    await expect(new Upload(blob(10), undefined, wait).send(free())).rejects.toMatchObject({ code: 'unknown_upload' })
  })

  it('that is given up tells the node to let go of what came', async () => {
    const giving = new AbortController()
    const sending = new Upload(blob(3 * PIECE), (sent) => sent === PIECE && giving.abort(), wait)
    await expect(sending.send(giving.signal)).rejects.toMatchObject({ name: 'AbortError' })
    expect([node.pieces.length, node.ended]).toEqual([1, 1])
  })

  it('that was begun before goes on where the node has it, and is not begun again', async () => {
    ;[node.length, node.got] = [2 * PIECE + 5, PIECE]
    const told: number[] = []
    const began: string[] = []
    await new Upload(blob(2 * PIECE + 5), (sent) => told.push(sent), wait, { id: 'u1', onbegun: (id) => began.push(id) }).send(free())
    expect([node.begun, began, node.pieces]).toEqual([0, [], [[PIECE, PIECE], [2 * PIECE, 5]]])
    expect(told[0]).toBe(PIECE)
    await new Upload(blob(5), undefined, wait, { onbegun: (id) => began.push(id) }).send(free())
    expect(began).toEqual(['u1'])
  })

  it('knows byte by byte what was sent also after it was begun in another page, where a part of a piece had come', async () => {
    const bytes = new Uint8Array(3 * PIECE).map((_, at) => at * 13)
    const of = (length: number) => {
      const sum = new Sum()
      sum.add(bytes.subarray(0, length))
      return sum
    }
    ;[node.length, node.got] = [bytes.length, PIECE + 100]
    const known: (SentPart | undefined)[] = []
    node.turns = ['whole', 'half']
    await new Upload(new Blob([bytes]), (_, part) => known.push(part), wait, { id: 'u1', sum: of(PIECE) }).send(free())
    expect(known[0]).toEqual(of(PIECE + 100).part)
    expect(known.at(-1)).toEqual(of(bytes.length).part)
  })

  it('waits no longer once the device has a line again', async () => {
    vi.useFakeTimers()
    node.isDown = true
    const sending = new Upload(blob(3)).send(free())
    await vi.advanceTimersByTimeAsync(20_000)
    node.isDown = false
    window.dispatchEvent(new Event('online'))
    await vi.advanceTimersByTimeAsync(0)
    await expect(sending).resolves.toMatchObject({ hash: HASH })
    vi.useRealTimers()
  })

  it('is given up also while it waits for the line', async () => {
    const giving = new AbortController()
    node.turns = ['cut']
    const sending = new Upload(blob(10)).send(giving.signal)
    await vi.waitFor(() => expect(node.pieces).toHaveLength(1))
    giving.abort()
    await expect(sending).rejects.toMatchObject({ name: 'AbortError' })
    expect(node.ended).toBe(1)
  })

  it('says so when the device no longer has the file', async () => {
    const gone = { size: 10, slice: () => ({ arrayBuffer: () => Promise.reject(new DOMException('gone', 'NotReadableError')) }) } as unknown as Blob
    await expect(new Upload(gone, undefined, wait).send(free())).rejects.toMatchObject({ code: 'file_unreadable' })
  })
})
