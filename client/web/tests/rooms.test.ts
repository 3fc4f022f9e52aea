import { NO_FACTS } from './nofacts'
import { describe, expect, it } from 'vitest'
import type { DocumentInfo, Kind, Space } from '../src/data/types'
import { inTime, spacesFor } from '../src/screens/documents/rooms'

const space = (id: string, given: Partial<Space> = {}): Space => ({ id, name: id, private: false, standing: 'member', role: 'member', members: [], ...given })

describe('where a document can be made', () => {
  const spaces = [space('own', { private: true }), space('network'), space('read', { role: 'reader' }), space('left', { standing: 'stopped' })]
  const ids = (kind: Parameters<typeof spacesFor>[0]) => spacesFor(kind, spaces).map(({ id }) => id)

  it('is the school’s own space alone for what is a person’s own', () => {
    expect([ids('notebook'), ids('portfolio')]).toEqual([['own'], ['own']])
  })

  it('is every space in which one may create for all other kinds', () => {
    expect([ids('plan'), ids('meeting'), ids('thread')]).toEqual([['own', 'network'], ['own', 'network'], ['own', 'network']])
  })
})

describe('meetings in the list', () => {
  const TODAY = '2026-11-27'
  const document = (id: string, date: string, time = '', kind: Kind = 'meeting'): DocumentInfo => ({
    facts: { ...NO_FACTS, date, time }, id, space: 's', state: 'here', kind, title: id, owner: { id: 's1', name: '' }, write_rule: 'owner', can_write: true, changed_at: 1, reached: 1, of: 1, waiting: 0,
  })
  const ids = (documents: DocumentInfo[]) => documents.map(({ id }) => id)

  it('stand in order of time, the nearest to come first, and what is over apart, the latest first', () => {
    const all = [
      document('january', '2027-01-15'), document('last', '2026-11-20'), document('today, later', TODAY, '15:00'), document('today', TODAY, '09:00'),
      document('first', '2026-09-10'), document('undated', ''), document('scribbled', 'қыста'), document('year', '', '', 'year'),
    ]
    const { ahead, past } = inTime(all, TODAY)
    expect(ids(ahead)).toEqual(['year', 'today', 'today, later', 'january', 'undated', 'scribbled'])
    expect(ids(past)).toEqual(['last', 'first'])
  })

  it('of which nothing is known yet are not said to be over', () => {
    const { facts: _, ...coming } = document('coming', '')
    expect(inTime([{ ...coming, state: 'coming' } as DocumentInfo], TODAY)).toEqual({ ahead: [expect.objectContaining({ id: 'coming' })], past: [] })
  })
})
