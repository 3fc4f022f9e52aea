import { NO_FACTS } from './nofacts'
import * as A from '@automerge/automerge/slim'
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { placeOf } from '../src/companion/anchor'
import type { SuggestionEntry } from '../src/companion/commentary.svelte'
import type { DocumentInfo } from '../src/data/types'
import { said, type Common } from '../src/edit/kinds'
import { word } from '../src/edit/paths'
import { Steps, type Edit, type Step } from '../src/edit/steps'
import type { LiveDocument } from '../src/live/document.svelte'
import { loadAutomerge } from './people'

/** A document that is written in and taken back here, as `LiveDocument` does it. */
class Open {
  readonly writable = true
  readonly #steps = new Steps()
  constructor(
    readonly id: string,
    public doc: A.Doc<unknown>,
    readonly info: DocumentInfo,
  ) {}
  get lastStep(): Step | undefined {
    return this.#steps.last
  }
  change(edit: Edit): void {
    const step = this.#write(edit)
    if (step) this.#steps.record(step)
  }
  undo(step?: Step): boolean {
    return this.#steps.undo(() => this.doc, (edit) => this.#write(edit), step)
  }
  #write(edit: Edit): Step | undefined {
    const before = A.getHeads(this.doc)
    this.doc = A.change(this.doc, (draft) => edit(draft as object))
    const after = A.getHeads(this.doc)
    return before.join() === after.join() ? undefined : { before, after }
  }
}

const { homes } = vi.hoisted(() => ({ homes: new Map<string, unknown>() }))
vi.mock('../src/live/shelf', () => ({ take: (id: string) => Promise.resolve(homes.get(id)), giveBack: () => undefined }))
vi.mock('../src/data/api', async (original) => ({ ...(await original<object>()), api: {} }))

const { Commentary } = await import('../src/companion/commentary.svelte')
const { listing } = await import('../src/data/listing.svelte')

beforeAll(loadAutomerge)

describe('a suggestion that is settled', () => {
  const MISSION = 'Біз бірге оқимыз'
  let live: Open
  let commentary: InstanceType<typeof Commentary>
  const entry = () => commentary.all[0] as SuggestionEntry
  const settled = () => said(entry().item.settled)
  const mission = () => said((live.doc as { mission: string }).mission)
  /** What is told of the document is looked up a moment after each change of it. */
  const placed = async (wanted: () => void) => {
    commentary.place()
    await vi.waitFor(wanted)
  }

  beforeEach(async () => {
    const info = (id: string, kind: string) => ({ id, kind, space: 's', state: 'here', title: 'plan', facts: { ...NO_FACTS, about: 'plan' } }) as unknown as DocumentInfo
    live = new Open('plan', A.from({ kind: word('plan'), mission: MISSION } as Record<string, unknown>), info('plan', 'plan'))
    const one = { ...placeOf(live.doc, 'mission', 4, 9), order: word('a0'), instead: 'қатар', why: '', settled: word('open'), settled_by: '', name: '', school: '', at_ms: 0 }
    const given = { ...one, field: word(one.field), from: word(one.from), to: word(one.to) }
    homes.set('c', new Open('c', A.from({ kind: word('companion'), suggestions: { s: given } } as Record<string, unknown>), info('c', 'companion')))
    listing.documents = [info('c', 'companion')]
    commentary = new Commentary(live as unknown as LiveDocument<Common>)
    commentary.follow()
    await vi.waitFor(() => expect(commentary.all).toHaveLength(1))
  })

  it('is opened again by whoever takes that back, and the document says what it said', () => {
    const step = commentary.settle(entry(), 'accepted')
    expect([settled(), mission()]).toEqual(['accepted', 'Біз қатар оқимыз'])
    commentary.unsettle(entry(), step)
    expect([settled(), mission()]).toEqual(['open', MISSION])
    expect(commentary.settle(entry(), 'declined'), 'nothing is written in the document').toBeUndefined()
    expect([settled(), mission()]).toEqual(['declined', MISSION])
    commentary.unsettle(entry(), undefined)
    expect(settled()).toBe('open')
    commentary.settle(entry(), 'accepted')
    expect(mission(), 'it has found its place again').toBe('Біз қатар оқимыз')
  })

  it('says so when its words were taken back alone, and is accepted again', async () => {
    commentary.settle(entry(), 'accepted')
    expect(commentary.open).toHaveLength(0)
    live.undo()
    await placed(() => expect(entry().back).toMatchObject({ field: 'mission', quote: 'бірге' }))
    expect([settled(), entry().open, entry().at.is]).toEqual(['accepted', true, 'here'])
    commentary.settle(entry(), 'accepted')
    expect(mission()).toBe('Біз қатар оқимыз')
    await placed(() => expect(entry().back).toBeUndefined())
    expect(entry().open).toBe(false)
  })
})
