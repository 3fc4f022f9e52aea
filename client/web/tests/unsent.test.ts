import 'fake-indexeddb/auto'
import * as A from '@automerge/automerge/slim'
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { freshActor } from '../src/away/actor'
import { keepCopy } from '../src/away/copies'
import { Store, StoreFault, wipe, type UnsentRow } from '../src/away/store'
import { Unsent } from '../src/away/unsent'
import { loadAutomerge } from './people'

interface Doc {
  title: string
}

const GIVEN = 'aabbccddeeff0011010203040506070800'
const DOCUMENT = 'document'
let person = 0
let store: Store

beforeAll(loadAutomerge)
beforeEach(() => {
  person += 1
  store = new Store(`person ${person}`)
})

/** Always the same change, whatever the clock says. */
const fresh = (): A.Doc<Doc> => A.change(A.init<Doc>({ actor: '00' }), { time: 0 }, (draft) => void Object.assign(draft, { title: 'жоспар' }))
const write = (doc: A.Doc<Doc>, words: string) => A.change(doc, (draft) => A.splice(draft, ['title'], draft.title.length, 0, words))
const actorOf = (earlier = GIVEN): string => freshActor(earlier) ?? 'none'

/** One opening of the document in one tab. */
class Tab {
  doc: A.Doc<Doc>
  nodeHeads: string[]
  readonly actor = actorOf()
  readonly unsent: Unsent

  private constructor(from: A.Doc<Doc>, unsent: Unsent) {
    this.nodeHeads = A.getHeads(from)
    this.unsent = unsent
    this.doc = unsent.bringBack(A.clone(from, { actor: this.actor }))
    unsent.begin(this.actor, () => this.doc, () => this.doc.title)
    this.count()
  }

  static async open(from: A.Doc<Doc>, at: Store | undefined = store): Promise<Tab> {
    const unsent = new Unsent(at, DOCUMENT, () => {})
    await unsent.load()
    return new Tab(from, unsent)
  }

  count(): number {
    return this.unsent.count(this.doc, this.nodeHeads)
  }

  type(words: string): void {
    this.doc = write(this.doc, words)
    this.count()
  }

  /** The node takes what this tab has, and says so. */
  confirmedBy(node: A.Doc<Doc>): A.Doc<Doc> {
    const after = A.merge(A.clone(node), this.doc)
    this.nodeHeads = A.getHeads(after)
    this.doc = A.merge(this.doc, after)
    this.count()
    return after
  }
}

const rows = (): Promise<UnsentRow[]> => store.all('unsent')

describe('words that the node has not confirmed', () => {
  it('are on the disk within a moment, without being asked, and only then said to be', async () => {
    const tab = await Tab.open(fresh())
    expect(tab.unsent.kept).toBe('device')
    tab.type(' бір')
    expect([tab.count(), tab.unsent.kept]).toEqual([1, 'writing'])
    await vi.waitFor(async () => expect(await rows()).toHaveLength(1))
    await vi.waitFor(() => expect(tab.unsent.kept).toBe('device'))
  })

  it('come back at the next opening as the very same changes, are counted, and go once the node has them', async () => {
    const node = fresh()
    const first = await Tab.open(node)
    first.type(' бір')
    first.type(' екі')
    await first.unsent.flush()
    const second = await Tab.open(node)
    expect(second.doc.title).toBe('жоспар бір екі')
    expect(A.getHeads(second.doc)).toEqual(A.getHeads(first.doc))
    expect(second.count()).toBe(2)
    second.type(' үш')
    await second.unsent.flush()
    const both = first.confirmedBy(second.confirmedBy(node))
    expect(both.title).toBe('жоспар бір екі үш')
    expect(second.count()).toBe(0)
    await vi.waitFor(async () => expect(await rows()).toEqual([]))
    expect((await Tab.open(both)).count()).toBe(0)
  })

  it('are let go of one by one, as the node confirms them', async () => {
    const node = fresh()
    const tab = await Tab.open(node)
    tab.type(' бір')
    await tab.unsent.flush()
    tab.confirmedBy(node)
    tab.type(' екі')
    await tab.unsent.flush()
    await vi.waitFor(async () => expect((await rows()).map(({ number }) => number)).toEqual([1]))
    expect((await Tab.open(tab.confirmedBy(node))).doc.title).toBe('жоспар бір екі')
  })

  it('never bear an actor and a number twice, wherever the tab dies', async () => {
    // Deaths: before the words are on the disk, while they go there, after; the node has them, or has not.
    let node = fresh()
    const seen = new Map<string, string>()
    for (const [death, reaches] of [['before', 'no'], ['while', 'no'], ['after', 'no'], ['before', 'yes'], ['while', 'yes'], ['after', 'yes'], ['after', 'no']] as const) {
      const tab = await Tab.open(node)
      tab.type(` ${death}`)
      tab.type('!')
      const going = death === 'before' ? undefined : tab.unsent.flush()
      if (death === 'after') await going
      if (reaches === 'yes') node = tab.confirmedBy(node)
      for (const change of A.getChangesMetaSince(tab.doc, [])) {
        const name = `${change.actor} ${change.seq}`
        expect(seen.get(name) ?? change.hash, name).toBe(change.hash)
        seen.set(name, change.hash)
      }
      await going
    }
    const last = await Tab.open(node)
    expect(last.doc.title.split('after').length - 1, 'all that was on the disk is there').toBe(3)
  })

  it('of two tabs are in both after they are opened again, once each', async () => {
    const node = fresh()
    const [one, other] = [await Tab.open(node), await Tab.open(node)]
    one.type(' бір')
    other.type(' екі')
    await Promise.all([one.unsent.flush(), other.unsent.flush()])
    const later = await Tab.open(node)
    expect(['жоспар бір екі', 'жоспар екі бір']).toContain(later.doc.title)
    const merged = other.confirmedBy(one.confirmedBy(later.confirmedBy(node)))
    expect(merged.title).toBe(later.doc.title)
  })

  it('that build on what is not there yet wait, are counted, and stand in their place once it has come', async () => {
    const node = fresh()
    const newer = A.change(A.clone(node, { actor: 'ff' }), (draft) => A.splice(draft, ['title'], 0, 0, 'Біздің '))
    const tab = await Tab.open(newer)
    tab.type(' бір')
    await tab.unsent.flush()
    const old = await Tab.open(node)
    expect([old.doc.title, old.count()]).toEqual(['жоспар', 1])
    expect(await rows()).toHaveLength(1)
    old.doc = A.merge(old.doc, newer)
    expect(old.doc.title).toBe('Біздің жоспар бір')
    expect(old.count()).toBe(1)
  })

  it('are not lost with a piece that is damaged', async () => {
    const node = fresh()
    const tab = await Tab.open(node)
    tab.type(' бір')
    await tab.unsent.flush()
    await store.write(['unsent'], (of) => of('unsent').put({ document: DOCUMENT, actor: 'aa', number: 0, title: '', at: 0, changes: [{ hash: 'ab'.repeat(32), bytes: new Uint8Array([1, 2, 3]) }] }))
    expect((await Tab.open(node)).doc.title).toBe('жоспар бір')
  })

  it('are nobody else’s, and go when they are wiped', async () => {
    const tab = await Tab.open(fresh())
    tab.type(' бір')
    await tab.unsent.flush()
    expect((await Tab.open(fresh(), new Store('somebody else'))).doc.title).toBe('жоспар')
    store.close()
    await wipe(`person ${person}`)
    expect((await Tab.open(fresh())).doc.title).toBe('жоспар')
  })
})

describe('a browser without room', () => {
  const full = () => new StoreFault('full', new Error('quota'))

  it('says so, and the words stay in the tab until there is room again', async () => {
    const tab = await Tab.open(fresh())
    const writing = vi.spyOn(store, 'write').mockRejectedValue(full())
    tab.type(' бір')
    await tab.unsent.flush()
    expect(tab.unsent.kept).toBe('full')
    writing.mockRestore()
    tab.type(' екі')
    await tab.unsent.flush()
    expect(tab.unsent.kept).toBe('device')
    expect((await Tab.open(fresh())).count()).toBe(2)
    expect((await rows()).flatMap(({ changes }) => changes)).toHaveLength(2)
  })

  it('lets go of copies of other documents rather than of words', async () => {
    const copy = (id: string) => ({ id, at: 1, opened: 1, heads: [], nodeHeads: [], bytes: new Uint8Array(3) })
    await keepCopy(store, copy(DOCUMENT))
    await keepCopy(store, copy('another'))
    const tab = await Tab.open(fresh())
    vi.spyOn(store, 'write').mockRejectedValueOnce(full())
    tab.type(' бір')
    await tab.unsent.flush()
    expect(tab.unsent.kept).toBe('device')
    expect((await store.all('documents')).map(({ id }) => id)).toEqual([DOCUMENT])
  })

  it('that keeps nothing at all leaves the words to the tab, and says so', async () => {
    const unsent = new Unsent(undefined, DOCUMENT, () => {})
    await unsent.load()
    let doc = A.clone(fresh(), { actor: GIVEN })
    unsent.begin(GIVEN, () => doc, () => '')
    doc = write(doc, ' бір')
    expect([unsent.count(doc, A.getHeads(fresh())), unsent.kept]).toEqual([1, 'tab'])
  })
})

describe('an actor made while the node is away', () => {
  it('has the form that the node gives its own, and is never the same', () => {
    const actors = Array.from({ length: 2_000 }, () => actorOf())
    expect(new Set(actors).size).toBe(actors.length)
    for (const actor of actors) expect(actor).toMatch(/^aabbccddeeff0011[0-9a-f]{16}00$/)
    expect(A.getActorId(A.clone(fresh(), { actor: actorOf() }))).toMatch(/^aabbccddeeff0011/)
  })

  it('is not made after one that no node has given', () => {
    for (const none of ['', 'aabb', 'aabbccddeeff00110102030405060708', 'zz'.repeat(17)]) expect(freshActor(none)).toBeUndefined()
  })
})
