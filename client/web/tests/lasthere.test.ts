import { NO_FACTS } from './nofacts'
import { describe, expect, it } from 'vitest'
import { LastHere, VISIT_MS } from '../src/data/lasthere'
import type { DocumentInfo } from '../src/data/types'
import { browser, forbidden } from './browser'

const document = (id: string, changed_at: number): DocumentInfo => ({
  id, changed_at, space: 'x', state: 'here', kind: 'plan', facts: NO_FACTS, title: id, owner: { id: 's', name: 's' }, write_rule: 'owner', can_write: true, reached: 1, of: 1, waiting: 0,
})
const DAY = 86_400_000

function visit(shelf: Storage, now: number, documents: DocumentInfo[]): string[] {
  const here = new LastHere(shelf, 'p', now)
  const news = documents.filter((each) => here.isNew(each)).map(({ id }) => id)
  here.look(documents, now)
  return news
}

describe('what changed since a person was last here', () => {
  it('is nothing at a device where they were never', () => {
    expect(visit(browser(), DAY, [document('a', 1_000)])).toEqual([])
  })

  it('is what came or changed meanwhile, also when it was written long before', () => {
    const shelf = browser()
    visit(shelf, DAY, [document('a', 5_000), document('b', 6_000)])
    expect(visit(shelf, 2 * DAY, [document('a', 5_000), document('b', 9_000), document('late', 1_000)])).toEqual(['b', 'late'])
  })

  it('stays for the whole visit, over pages opened anew, and begins anew with the next', () => {
    const shelf = browser()
    visit(shelf, DAY, [document('a', 5_000)])
    const changed = [document('a', 7_000)]
    expect(visit(shelf, 2 * DAY, changed)).toEqual(['a'])
    expect(visit(shelf, 2 * DAY + VISIT_MS / 2, changed)).toEqual(['a'])
    expect(visit(shelf, 3 * DAY, changed)).toEqual([])
  })

  it('is not what the person has read', () => {
    const shelf = browser()
    visit(shelf, DAY, [document('a', 5_000)])
    const here = new LastHere(shelf, 'p', 2 * DAY)
    const now = document('a', 7_000)
    expect(here.isNew(now)).toBe(true)
    here.read(now)
    expect(here.isNew(now)).toBe(false)
  })

  it('is told apart by person, and a browser that keeps nothing or holds rubbish tells nothing', () => {
    const shelf = browser()
    visit(shelf, DAY, [document('a', 5_000)])
    expect(new LastHere(shelf, 'q', 2 * DAY).before).toBeUndefined()
    shelf.setItem('jeli.last-here/p', '{"before":7,"latest":{"at":"x"}}')
    expect(new LastHere(shelf, 'p', 2 * DAY).before).toBeUndefined()
    expect(visit(forbidden(), DAY, [document('a', 1)])).toEqual([])
  })
})
