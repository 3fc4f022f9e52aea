import { describe, expect, it } from 'vitest'
import type { Space } from '../src/data/types'
import { spacesFor } from '../src/screens/documents/rooms'

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
