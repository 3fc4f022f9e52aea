import { NO_FACTS } from './nofacts'
import { describe, expect, it } from 'vitest'
import type { DocumentInfo } from '../src/data/types'
import { documentsOf, KINDS_OF } from '../src/screens/documents/rooms'
import { DOCUMENTS_SHOWN, fitting, fittingDocuments, type Command } from '../src/screens/finding/commands'
import { isFindingKey } from '../src/screens/finding/finding.svelte'

const document = (id: string, title: string, changed_at = 0, given: Partial<DocumentInfo> = {}): DocumentInfo => ({
  id, title, changed_at, space: 'x', state: 'here', kind: 'plan', facts: NO_FACTS, owner: { id: 's', name: 's' }, write_rule: 'owner', can_write: true, reached: 1, of: 1, waiting: 0, ...given,
})
const command = (id: string, group: Command['group'], name: string): Command => ({ id, group, name, icon: 'plan', run: () => undefined })

describe('the command list', () => {
  it('finds documents by words of their titles: those that begin with them first, then the newest', () => {
    const documents = [document('old', 'Біздің жоспар', 1), document('new', 'Желі: жоспар', 2), document('begins', 'Жоспар', 0), document('other', 'Жиналыс', 9)]
    expect(fittingDocuments(documents, 'жоспар').map(({ id }) => id)).toEqual(['begins', 'new', 'old'])
  })

  it('offers no companion, nothing that has not come, and not more than one reads', () => {
    const documents = [
      document('companion', 'Жоспар', 0, { kind: 'companion' }),
      document('coming', 'Жоспар', 0, { state: 'coming' }),
      ...Array.from({ length: 30 }, (_, n) => document(`d${n}`, 'Жоспар')),
    ]
    const found = fittingDocuments(documents, 'жос')
    expect(found).toHaveLength(DOCUMENTS_SHOWN)
    expect(found.every(({ id }) => id.startsWith('d'))).toBe(true)
  })

  it('shows documents, rooms and actions in this order, and only those that fit', () => {
    const commands = [command('1', 'actions', 'Жаңа жоспар'), command('2', 'rooms', 'Жоспар'), command('3', 'rooms', 'Желі'), command('4', 'documents', 'Кез келген')]
    expect(fitting(commands, 'жоспар').map(({ id }) => id)).toEqual(['4', '2', '1'])
    expect(fitting(commands, '').map(({ id }) => id)).toEqual(['4', '2', '3', '1'])
  })

  it('opens by the place of the key, whatever letter it bears', () => {
    const key = (given: object) => isFindingKey({ code: 'KeyK', ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...given } as KeyboardEvent)
    expect(key({ key: 'л', ctrlKey: true })).toBe(true)
    expect(key({ metaKey: true })).toBe(true)
    expect(key({})).toBe(false)
    expect(key({ ctrlKey: true, shiftKey: true })).toBe(false)
  })
})

describe('a room', () => {
  it('lists the documents of its kinds, the newest first, and never a companion', () => {
    const documents = [
      document('plan', 'a', 1),
      document('year', 'b', 2, { kind: 'year' }),
      document('meeting', 'c', 3, { kind: 'meeting' }),
      document('companion', 'd', 4, { kind: 'companion' }),
    ]
    expect(documentsOf('meetings', documents).map(({ id }) => id)).toEqual(['meeting', 'year'])
    expect(documentsOf('documents', documents).map(({ id }) => id)).toEqual(['meeting', 'year', 'plan'])
    expect(Object.values(KINDS_OF).flat()).not.toContain('companion')
  })
})
