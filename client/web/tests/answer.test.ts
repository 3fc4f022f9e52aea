import { afterEach, describe, expect, it, vi } from 'vitest'
import { api, whenAnswered } from '../src/data/api'

afterEach(() => vi.unstubAllGlobals())

/** A node whose line breaks after the beginning of its answer. */
function breaksAfter(beginning: string): void {
  const body = new ReadableStream<Uint8Array>({
    start(stream) {
      stream.enqueue(new TextEncoder().encode(beginning))
      stream.error(new TypeError('the line broke'))
    },
  })
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(body, { status: 200 })))
}

describe('an answer of the node', () => {
  it.each(['', '[{"id":'])('that broke off after %j is none, and nobody keeps it', async (beginning) => {
    breaksAfter(beginning)
    const kept = vi.fn()
    whenAnswered(kept)
    await expect(api.spaces()).rejects.toMatchObject({ code: 'node_unreachable' })
    expect(kept).not.toHaveBeenCalled()
  })
})
