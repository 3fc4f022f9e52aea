import * as A from '@automerge/automerge/slim'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Me, Role } from '../src/data/types'
import type { Companion } from '../src/edit/kinds'
import { mayApprove, mayWithdraw, versionsIn, type NamedVersion } from '../src/history/named'
import { loadAutomerge } from './people'

beforeAll(loadAutomerge)

const OWNER = { id: 'owner', name: 'Тұлпар мектебі' }
const OTHER = { id: 'other', name: 'Школа «Родник»' }
const actor = (node: string, tab: string) => `${node.repeat(8)}${tab.repeat(8)}00`
const [HEAD, DEPUTY, READER] = [actor('aa', '01'), actor('aa', '02'), actor('bb', '01')] as const
const schoolOf = (of: string) => (of.startsWith('aa') ? OWNER : of.startsWith('bb') ? OTHER : undefined)
const HEADS = 'ab'.repeat(32)

const version = (approved: boolean) => ({ title: 'Педкеңеске дейін', heads: new A.ImmutableString(HEADS), name: 'Айгүл', school: OWNER.name, at_ms: 1, approved, protocol: '№ 4' })
type Draft = Record<'versions', Record<string, Record<string, unknown>>>
const doc = (by: string) => A.from<Record<string, unknown>>({ versions: {} }, { actor: by }) as unknown as A.Doc<Companion>
const write = (doc: A.Doc<Companion>, edit: (versions: Draft['versions']) => void, message = '') => A.change(doc, { message, time: 1_790_000_000 }, (draft) => edit((draft as unknown as Draft).versions))
const as = (doc: A.Doc<Companion>, by: string) => A.clone(doc, { actor: by })
const only = (doc: A.Doc<Companion>) => versionsIn(doc, OWNER.id, schoolOf)[0] as NamedVersion

describe('an approval', () => {
  let approved: A.Doc<Companion>
  beforeEach(() => {
    approved = write(doc(HEAD), (all) => (all['v'] = version(true)), 'Айгүл')
  })

  it('counts from the school that owns the document, and not from one that only says it is that school', () => {
    expect(only(approved)).toMatchObject({ approval: { is: 'approved' }, school: OWNER.name })
    const claimed = write(doc(READER), (all) => (all['v'] = version(true)))
    expect(only(claimed), 'a named version of the school that wrote it').toMatchObject({ approval: { is: 'none' }, school: OTHER.name, title: 'Педкеңеске дейін' })
    const stranger = write(doc('0f'.repeat(16)), (all) => (all['v'] = version(true)))
    expect(only(stranger).approval.is).toBe('none')
  })

  it('is not lent by its owner to what another school puts in its place', () => {
    const named = write(doc(HEAD), (all) => (all['v'] = version(false)))
    expect(only(named).approval.is, 'named, and nothing more').toBe('none')
    const raised = write(as(named, READER), (all) => (all['v']!['approved'] = true))
    expect(only(raised).approval.is).toBe('none')
    const moved = write(as(approved, READER), (all) => (all['v']!['heads'] = new A.ImmutableString('cd'.repeat(32))))
    expect(only(moved).approval.is, 'of other words than were approved').toBe('none')
  })

  it('is withdrawn by its school, which the version says; a word set against that elsewhere at the same time does not raise it again', () => {
    const withdrawn = write(as(approved, DEPUTY), (all) => (all['v']!['approved'] = false), 'Болат')
    expect(only(withdrawn).approval).toEqual({ is: 'withdrawn', by: { name: 'Болат', at: 1_790_000_000_000 } })
    const again = write(as(approved, READER), (all) => {
      all['v']!['approved'] = false
      all['v']!['approved'] = true
    })
    expect(only(A.merge(as(withdrawn, actor('aa', '03')), again)).approval.is).toBe('withdrawn')
    expect(only(write(withdrawn, (all) => (all['v']!['approved'] = true))).approval.is, 'what was taken back by mistake').toBe('approved')
  })

  const me = (role: Role, school = OWNER): Me => ({ person: { id: 'p', name: 'Айгүл', login: 'a', role, language: 'kk' }, school, reference: 'r', actor: HEAD })
  const plan = { info: { owner: OWNER }, writable: true }

  it('is given by the head or a deputy of the school that owns what they may write', () => {
    expect(['director', 'deputy', 'teacher', 'reader'].map((role) => mayApprove(plan, me(role as Role)))).toEqual([true, true, false, false])
    expect(mayApprove(plan, me('director', OTHER))).toBe(false)
    expect(mayApprove({ ...plan, writable: false }, me('director'))).toBe(false)
    expect(mayApprove(plan, undefined)).toBe(false)
  })

  it('is withdrawn by who gave it and by any head of that school', () => {
    const given = only(approved)
    expect(mayWithdraw(given, plan, me('deputy'), 'Айгүл'), 'who gave it').toBe(true)
    expect(mayWithdraw(given, plan, me('deputy'), 'Болат'), 'another deputy').toBe(false)
    expect(mayWithdraw(given, plan, me('director'), 'Болат')).toBe(true)
    expect(mayWithdraw(given, plan, me('director', OTHER), 'Айгүл')).toBe(false)
    expect(mayWithdraw({ ...given, approval: { is: 'none' } }, plan, me('director'), 'Айгүл'), 'nothing to withdraw').toBe(false)
  })
})
