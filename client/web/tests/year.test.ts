import { describe, expect, it } from 'vitest'
import type { DocumentInfo } from '../src/data/types'
import type { Year, YearEvent } from '../src/edit/kinds'
import { entriesOf, unplanned } from '../src/screens/year/meetings'
import { NO_FACTS } from './nofacts'

const meeting = (id: string, date: string, time = '', given: Partial<DocumentInfo> = {}): DocumentInfo => ({
  facts: { ...NO_FACTS, date, time }, id, space: 'network', state: 'here', kind: 'meeting', title: `Title of ${id}`, owner: { id: 's1', name: '' }, write_rule: 'everyone', can_write: true, changed_at: 1, reached: 1, of: 1, waiting: 0, ...given,
})
const event = (date: string, time: string, joined: string): YearEvent => ({ order: 'a0', phase: '', form: 'session', title: '', date, time, place: '', host: '', meeting: joined }) as YearEvent

describe('the meetings of a year plan’s network', () => {
  const events: Year['events'] = { a: event('2026-12-04', '', 'planned'), b: event('2026-12-10', '09:00', '') }
  const found = unplanned(
    [
      meeting('late', '2027-01-15'), meeting('afternoon', '2026-12-10', '15:00'), meeting('planned', '2026-12-04'), meeting('undated', ''),
      meeting('of our school alone', '2026-12-10', '', { space: 'own' }), meeting('coming', '2026-12-10', '', { state: 'coming' }), meeting('plan', '2026-12-10', '', { kind: 'plan' }),
      meeting('template', '2026-12-10', '', { facts: { ...NO_FACTS, date: '2026-12-10', template: true } }),
    ],
    'network', 's1', events,
  )

  it('are those with a day for which it has no row', () => {
    expect(found.map(({ id }) => id)).toEqual(['afternoon', 'late'])
    expect(unplanned([meeting('planned', '2026-12-04')], 'network', 's1', {}).map(({ id }) => id), 'once its row is gone').toEqual(['planned'])
  })

  it('stand in their month among what was planned, in order of time', () => {
    const december = entriesOf('2026-12', Object.entries(events).map(([id, item]) => ({ id, item })), found)
    expect(december.map((entry) => ('event' in entry ? entry.event.id : entry.meeting.id))).toEqual(['a', 'b', 'afternoon'])
    expect(entriesOf('2027-01', [], found)).toEqual([{ meeting: expect.objectContaining({ id: 'late', title: 'Title of late' }) }])
  })
})
