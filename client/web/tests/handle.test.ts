import { readFileSync } from 'node:fs'
import * as A from '@automerge/automerge/slim'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { Handle, type Change } from '../src/live/handle'
import { pack, packWord, unpack, unpackWord } from '../src/live/messages'
import { loadAutomerge } from './people'

beforeAll(loadAutomerge)
beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

interface Doc {
  text: string
}
const OURS = 'aabbccddeeff00110000000000000001'
const start = () => A.from({ text: 'жоспар' }, { actor: '09' }) as unknown as A.Doc<Doc>

/** The node's end of one connection: what it says is on its disk before it says so. */
class Node {
  doc: A.Doc<Doc>
  #sync = A.initSyncState()
  readonly toTab: Uint8Array[] = []
  asked: ('request' | 'sync')[] = []

  constructor(doc: A.Doc<Doc>) {
    this.doc = doc
  }

  joined(): void {
    this.#sync = A.initSyncState()
    this.toTab.length = 0
  }

  take(data: Uint8Array, first: boolean): void {
    this.asked.push(first ? 'request' : 'sync')
    const [doc, sync] = A.receiveSyncMessage(this.doc, this.#sync, data)
    this.doc = doc
    this.#sync = sync
    this.say()
  }

  say(): void {
    const [sync, data] = A.generateSyncMessage(this.doc, this.#sync)
    this.#sync = sync
    if (data) this.toTab.push(data)
  }
}

function deliver(node: Node, handle: Handle<Doc>): void {
  for (let data = node.toTab.shift(); data; data = node.toTab.shift()) handle.take(data)
}

const type = (handle: Handle<Doc>, letter: string) => handle.change((draft) => A.splice(draft as A.Doc<Doc>, ['text'], 0, 0, letter))

describe('a document and its node', () => {
  it('is asked for by who has nothing of it, and told on by who has', () => {
    const node = new Node(start())
    const handle = new Handle('document', A.init<Doc>({ actor: OURS }))
    const steps: Change<Doc>[] = []
    handle.on('change', (step) => steps.push(step))
    handle.begin({ sync: (data, first) => node.take(data, first), passing: () => {} })
    deliver(node, handle)
    expect(handle.doc().text).toBe('жоспар')
    expect(node.asked[0]).toBe('request')
    type(handle, 'a')
    vi.advanceTimersByTime(1_000)
    // Once in a hundred the filter in the node's first word takes the letter for one that it has: it then asks for it.
    deliver(node, handle)
    vi.advanceTimersByTime(1_000)
    expect(node.doc.text).toBe('aжоспар')
    expect(node.asked.slice(1).every((each) => each === 'sync')).toBe(true)
    expect(A.getActorId(handle.doc())).toBe(OURS)
    expect(steps.map(({ patchInfo }) => (patchInfo.before as Partial<Doc>).text)).toEqual([undefined, 'жоспар'])
    // Listeners compare with what was before: it knows its heads by then.
    expect(A.getHeads(steps[1]!.patchInfo.before)).not.toEqual(A.getHeads(handle.doc()))
  })

  it('hears what the node has, and only from the node', () => {
    const node = new Node(start())
    const handle = new Handle('document', A.load<Doc>(A.save(node.doc), { actor: OURS }))
    const heard: (readonly string[])[] = []
    handle.on('heads', (heads) => heard.push(heads))
    handle.begin({ sync: (data, first) => node.take(data, first), passing: () => {} })
    deliver(node, handle)
    const before = heard.length
    type(handle, 'a')
    expect(heard).toHaveLength(before)
    vi.advanceTimersByTime(1_000)
    deliver(node, handle)
    expect(heard.at(-1)).toEqual(A.getHeads(handle.doc()))
  })

  it('goes in one message with what is typed within a blink', () => {
    const node = new Node(start())
    const handle = new Handle('document', A.load<Doc>(A.save(node.doc), { actor: OURS }))
    handle.begin({ sync: (data, first) => node.take(data, first), passing: () => {} })
    deliver(node, handle)
    vi.advanceTimersByTime(1_000)
    const before = node.asked.length
    for (const letter of 'abcdefgh') {
      type(handle, letter)
      vi.advanceTimersByTime(10)
    }
    vi.advanceTimersByTime(1_000)
    expect(node.doc.text).toBe('hgfedcbaжоспар')
    expect(node.asked.length - before).toBeLessThanOrEqual(2)
  })

  it('is equal on both sides at the end, however often the line goes and whatever is lost with it', () => {
    for (let seed = 1; seed <= 12; seed += 1) {
      let state = seed
      const random = (below: number) => (state = (state * 48_271) % 2_147_483_647) % below
      const node = new Node(start())
      const handle = new Handle('document', A.init<Doc>({ actor: OURS }))
      const join = () => {
        node.joined()
        handle.begin({ sync: (data, first) => random(4) > 0 && node.take(data, first), passing: () => {} })
      }
      let shown = ''
      handle.on('change', ({ patches }) => {
        for (const patch of patches) {
          const at = Number(patch.path[1])
          if (patch.action === 'put') shown = String(patch.value)
          else if (patch.action === 'splice') shown = shown.slice(0, at) + patch.value + shown.slice(at)
        }
      })
      join()
      let written = 0
      for (let step = 0; step < 60; step += 1) {
        if (random(3) === 0 && A.getHeads(handle.doc()).length > 0) {
          type(handle, String.fromCharCode(97 + random(26)))
          written += 1
        }
        if (random(5) === 0) node.doc = A.change(node.doc, (draft) => A.splice(draft, ['text'], 0, 0, 'ә'))
        if (random(3) === 0) node.say()
        if (random(2) === 0) deliver(node, handle)
        if (random(6) === 0) {
          // What is under way is lost with the line.
          handle.end()
          join()
        }
        vi.advanceTimersByTime(random(200))
      }
      handle.end()
      node.joined()
      handle.begin({ sync: (data, first) => node.take(data, first), passing: () => {} })
      for (let round = 0; round < 10; round += 1) {
        deliver(node, handle)
        vi.advanceTimersByTime(200)
        node.say()
      }
      expect(A.getHeads(handle.doc()), `seed ${seed}`).toEqual(A.getHeads(node.doc))
      expect(A.getChangesMetaSince(node.doc, []).filter(({ actor }) => actor === OURS)).toHaveLength(written)
      expect(shown, `seed ${seed}: the patches say what the document holds`).toBe(handle.doc().text)
    }
  })

  it('says nothing while the line is down, and all of it afterwards', () => {
    const node = new Node(start())
    const handle = new Handle('document', A.load<Doc>(A.save(node.doc), { actor: OURS }))
    const mouth = { sync: (data: Uint8Array, first: boolean) => node.take(data, first), passing: () => {} }
    handle.begin(mouth)
    deliver(node, handle)
    handle.end()
    const before = node.asked.length
    for (const letter of 'abc') type(handle, letter)
    vi.advanceTimersByTime(10_000)
    expect(node.asked).toHaveLength(before)
    node.joined()
    handle.begin(mouth)
    deliver(node, handle)
    vi.advanceTimersByTime(1_000)
    expect(node.doc.text).toBe('cbaжоспар')
  })
})

describe('the messages', () => {
  const fixtures = JSON.parse(readFileSync(new URL('../../../node/src/browser/fixtures.json', import.meta.url), 'utf8')) as { messages: Record<string, string> }
  const official = (name: string) => unpack(Buffer.from((fixtures.messages[name] ?? '').replace('<07*70000>', '07'.repeat(70_000)), 'hex'))
  const documentId = '4NMNnkMhL8jXrdJ9jamS58PAVdXu'
  const data = new Uint8Array([0x42, 0, 0, 0, 0, 2, 2, 0x80])

  it('are read as the official encoder writes them', () => {
    expect(official('sync')).toEqual({ type: 'sync', documentId, data })
    expect(official('request')).toEqual({ type: 'sync', documentId, data })
    expect(official('sync_large')).toMatchObject({ data: new Uint8Array(70_000).fill(7) })
    expect(official('unavailable')).toEqual({ type: 'doc-unavailable', documentId })
    expect(official('ephemeral')).toEqual({ type: 'ephemeral', documentId, senderId: 'tab', sessionId: 's', count: 3, data: new Uint8Array([0xa0]) })
    for (const name of ['join', 'leave', 'error', 'remote_subscription', 'remote_heads', 'later_version']) expect(official(name), name).toBeUndefined()
  })

  it('are read back as they were written', () => {
    expect(unpack(pack({ type: 'sync', senderId: 'tab', targetId: 'node', documentId, data }))).toEqual({ type: 'sync', documentId, data })
    const word = { field: 'agenda/1f/notes', from: '12@aabb', to: '12@aabb', name: 'Ольга 🙂', school: 'ab' }
    expect(unpackWord(packWord(word))).toEqual(word)
  })

  it('of another shape are nothing', () => {
    for (const wrong of [[], [0xff], [0x80], [0xf6], [0x01], [...packWord({ type: 'sync', documentId })], [...packWord({ type: 'sync', documentId, data: 'text' })], [...packWord({ type: 'peer', senderId: 1 })],
      [...packWord({ type: 'ephemeral', documentId, data, senderId: 'tab', sessionId: 's', count: 'many' })], Array.from(new Uint8Array(10_000).fill(0x81))])
      expect(unpack(new Uint8Array(wrong))).toBeUndefined()
  })
})
