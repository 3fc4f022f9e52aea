import * as A from '@automerge/automerge/slim'
import { beforeAll, describe, expect, it } from 'vitest'
import { setPlain, setWord, word } from '../src/edit/paths'
import { setApart, settle } from '../src/edit/values'
import { Names, authorOf, schoolsByPrefix } from '../src/history/authors'
import { loadAutomerge } from './people'

beforeAll(loadAutomerge)

const OLGA = 'aa'.repeat(17)
const AIGUL = 'bb'.repeat(17)

/** Two people at one plan, who have not met since. */
function apart(): [A.Doc<unknown>, A.Doc<unknown>] {
  const first = A.from<Record<string, unknown>>({ kind: word('plan'), actions: { x: { status: word('planned'), due: word(''), minutes: 5 } } }, { actor: OLGA })
  return [first, A.clone(first, { actor: AIGUL })]
}
const change = (doc: A.Doc<unknown>, edit: (draft: unknown) => void, message?: string) => A.change(doc, message ? { message } : {}, edit as (draft: unknown) => void)
const STATUS = ['actions', 'x', 'status']

describe('two who set one field apart', () => {
  it('are both shown at both, who set what, until one is chosen', () => {
    let [olga, aigul] = apart()
    olga = change(olga, (draft) => setWord(draft, STATUS, 'done'), 'Ольга')
    aigul = change(aigul, (draft) => setWord(draft, STATUS, 'in_progress'), 'Айгүл')
    expect(setApart(olga, STATUS)).toEqual([])
    olga = A.merge(olga, A.clone(aigul))
    aigul = A.merge(aigul, A.clone(olga))
    const both = setApart(olga, STATUS)
    expect(both).toEqual(setApart(aigul, STATUS))
    expect(both).toEqual([{ value: 'in_progress', actor: AIGUL }, { value: 'done', actor: OLGA }])
    const names = new Names()
    expect(both.map(({ actor }) => names.of(olga, actor))).toEqual(['Айгүл', 'Ольга'])

    for (const kept of ['in_progress', 'done']) {
      const settled = change(A.clone(olga), (draft) => settle(draft, STATUS, kept))
      expect(setApart(settled, STATUS)).toEqual([])
      const there = A.merge(A.clone(aigul), A.clone(settled))
      expect(setApart(there, STATUS)).toEqual([])
      expect(String((there as { actions: { x: { status: unknown } } }).actions.x.status)).toBe(kept)
    }
  })

  it('are not asked where both set the same, nor after one has seen the other', () => {
    let [olga, aigul] = apart()
    olga = change(olga, (draft) => setPlain(draft, ['actions', 'x', 'minutes'], 20))
    aigul = change(aigul, (draft) => setPlain(draft, ['actions', 'x', 'minutes'], 20))
    olga = A.merge(olga, A.clone(aigul))
    expect(setApart(olga, ['actions', 'x', 'minutes'])).toEqual([])
    aigul = change(A.merge(aigul, A.clone(olga)), (draft) => setPlain(draft, ['actions', 'x', 'minutes'], 30))
    expect(setApart(A.merge(olga, A.clone(aigul)), ['actions', 'x', 'minutes'])).toEqual([])
  })

  it('are not asked about a field that is not there', () => {
    const [olga] = apart()
    expect(setApart(olga, ['actions', 'y', 'status'])).toEqual([])
    expect(setApart(olga, ['step'])).toEqual([])
  })
})

describe('who stands behind an actor', () => {
  const NODE = '113288ca69e733e6f829637de9ace0bab7dd17ebea3d1205cf253b66792987b9'
  const school = { id: '11', name: 'Родник' }
  const schools = schoolsByPrefix([
    { id: 's', name: '', private: false, standing: 'member', role: 'member', members: [{ school, role: 'member', nodes: [{ id: NODE, name: '' }, { id: 'no node', name: '' }] }] },
  ])

  it('is the school of its node, and nobody for an actor of none', () => {
    expect(authorOf('Ольга', '176bd97631cb9360d328b6ccc3b6c73100', schools)).toEqual({ name: 'Ольга', school })
    expect(authorOf('', '176bd97631cb9360d328b6ccc3b6c731', schools)).toEqual({ name: '', school: undefined })
  })

  it('is still the school of a computer that the school has retired', () => {
    const former = schoolsByPrefix([{ id: 's', name: '', private: false, standing: 'member', role: 'member', members: [{ school, role: 'member', nodes: [], former: [{ id: NODE, name: '' }] }] }])
    expect(authorOf('Ольга', '176bd97631cb9360d328b6ccc3b6c73100', former).school).toEqual(school)
  })

  it('is named by its first message only, cut to a line', () => {
    const names = new Names()
    names.take([{ actor: 'a', message: null }, { actor: 'a', message: ` Ольга\n${'ү'.repeat(500)}` }, { actor: 'a', message: 'Айгүл' }])
    expect(names.known('a')).toMatch(/^Ольга ү+$/)
    expect(names.known('a')).toHaveLength(80)
  })
})
