// @vitest-environment jsdom
import { describe, expect, it } from 'vitest'
import type { DocumentInfo, Kind, Me, Role } from '../src/data/types'
import { onlyReader } from '../src/edit/kinds'
import { mayBecomeTemplate } from '../src/live/templating'
import { isTemplate } from '../src/screens/documents/rooms'
import { NO_FACTS } from './nofacts'

const [OURS, THEIRS] = [{ id: 's1', name: 'Бірлік' }, { id: 's2', name: 'Тұлпар' }]
const document = (kind: Kind, owner = OURS, template = false): DocumentInfo => ({
  facts: { ...NO_FACTS, template }, id: 'd', space: 'network', state: 'here', kind, title: '', owner, write_rule: 'everyone', can_write: true, changed_at: 1, reached: 1, of: 3, waiting: 2,
})
const person = (role: Role): Me => ({ person: { id: 'p1', name: 'Айгүл', login: 'aigul', role, language: 'kk' }, school: OURS, reference: 's1/p1', actor: '00' })

describe('a template of the school', () => {
  it('is made by its people of its own documents, and of nobody’s notebook', () => {
    for (const kind of ['plan', 'meeting', 'year', 'feedback'] as const) expect(mayBecomeTemplate(document(kind), person('teacher')), kind).toBe(true)
    for (const kind of ['notebook', 'portfolio', 'thread', 'companion'] as const) expect(mayBecomeTemplate(document(kind), person('teacher')), kind).toBe(false)
    expect(mayBecomeTemplate(document('meeting', THEIRS), person('director')), 'of another school').toBe(false)
    expect(mayBecomeTemplate(document('meeting'), person('reader')), 'by who only reads').toBe(false)
    expect(mayBecomeTemplate(document('meeting'), { ...person('teacher'), guest: { document: 'd', school: '', ends: 1 } }), 'by a guest').toBe(false)
    expect(mayBecomeTemplate(document('meeting'), undefined)).toBe(false)
  })

  it('is one in the lists of that school alone', () => {
    expect(isTemplate(document('meeting', OURS, true), OURS.id)).toBe(true)
    expect(isTemplate(document('meeting', THEIRS, true), OURS.id)).toBe(false)
    expect(isTemplate(document('meeting', OURS, false), OURS.id)).toBe(false)
  })

  it('is read by one person alone where it is a notebook, as any notebook', () => {
    expect(onlyReader('notebook', { person: 's1/p1', template: true })).toBe('s1/p1')
    expect(onlyReader('plan', { person: 's1/p1', template: true })).toBe('')
  })
})
