import * as A from '@automerge/automerge/slim'
import { beforeAll, describe, expect, it } from 'vitest'
import { isSharedPlan, said, type Plan } from '../src/edit/kinds'
import { blank } from '../src/edit/kinds/shape'
import { valueAt, word, writeText } from '../src/edit/paths'
import { HOME, givenOf, keptConsent, note, writeCopy, type AtHome } from '../src/screens/plan/share/copy'
import { empty } from './empty'
import { loadAutomerge, type Copy } from './people'

beforeAll(loadAutomerge)

const [GOAL, ACTION, OTHER] = ['0a'.repeat(16), '0b'.repeat(16), '0c'.repeat(16)]
const SECRETS = { money: '500 000 ₸', names: 'Маржан Ақылбаева', questionnaires: 'Балаңыз мектепке қуанып бара ма' }

function plan(): Copy {
  const copy = empty('plan', { title: 'Даму жоспары', previous: word('OLDPLAN'), template: true })
  copy.change((draft) => {
    const doc = draft as Record<string, Record<string, unknown>>
    doc['goals'] = { [GOAL]: blank('plan', 'goals', { order: word('a0'), title: 'Сұрақ қою', practices: { learning: true } }) }
    doc['actions'] = {
      [ACTION]: blank('plan', 'actions', { order: word('a0'), goal: word(GOAL), what: 'Ашық сабақтар', responsible: SECRETS.names, person: word('school/person'), money: SECRETS.money, answer_note: `${SECRETS.names}: келісемін` }),
    }
    doc['indicators'] = { [OTHER]: blank('plan', 'indicators', { order: word('a0'), goal: word(GOAL), what: 'Сабаққа қатысу', measured_by: SECRETS.names }) }
    doc['surveys'] = { [OTHER]: blank('plan', 'surveys', { order: word('a0'), title: SECRETS.questionnaires }) }
    doc['survey_questions'] = { [OTHER]: blank('plan', 'survey_questions', { order: word('a0'), survey: word(OTHER), text: SECRETS.questionnaires }) }
    doc['files'] = { [OTHER]: blank('plan', 'files', { order: word('a0'), at: word(`judgements/${OTHER}`), name: 'Балалар.jpg', hash: word('f'.repeat(64)), by: SECRETS.names }) }
    doc['tallies'] = { [OTHER]: blank('plan', 'tallies', { order: word('a0'), question: word(OTHER), rated_4: 7 }) }
  })
  return copy
}

const give = (copy: Copy, source: Copy, home: readonly AtHome[]) => writeCopy(copy, source.doc() as unknown as Plan, new Set(home), 'Бірлік', '2026-11-27')
/** All that anybody who got the document could ever read in it. */
const everything = (copy: Copy): string => A.getAllChanges(copy.doc()).map((change) => JSON.stringify(A.decodeChange(change))).join('\n')
const words = (copy: Copy, ...path: string[]): string => said(valueAt(copy.doc(), path))

describe('the copy of a plan that a network gets', () => {
  it('holds nothing of what stays at home, not in its history either, and all of the rest', () => {
    const copy = empty('plan')
    give(copy, plan(), HOME)
    for (const [what, secret] of Object.entries(SECRETS)) expect(everything(copy), what).not.toContain(secret)
    expect(everything(copy)).not.toContain('OLDPLAN')
    expect(everything(copy)).not.toContain('school/person')
    expect(everything(copy), 'who is in a photo was not asked').not.toContain('f'.repeat(64))
    expect([words(copy, 'title'), words(copy, 'actions', ACTION, 'what'), words(copy, 'actions', ACTION, 'goal'), words(copy, 'indicators', OTHER, 'what')]).toEqual(['Даму жоспары', 'Ашық сабақтар', GOAL, 'Сабаққа қатысу'])
    expect(valueAt(copy.doc(), ['goals', GOAL, 'practices', 'learning'])).toBe(true)
    expect(valueAt(copy.doc(), ['template'])).toBe(false)
  })

  it('holds what the school lets go', () => {
    const copy = empty('plan')
    give(copy, plan(), ['questionnaires'])
    expect([words(copy, 'actions', ACTION, 'responsible'), words(copy, 'actions', ACTION, 'money')]).toEqual([SECRETS.names, SECRETS.money])
    expect(everything(copy)).not.toContain(SECRETS.questionnaires)
    expect(words(copy, 'actions', ACTION, 'person'), 'who it is in the accounts of the school is nobody else\u2019s').toBe('')
  })

  it('is known as a copy from its first word on, and the plan is not one', () => {
    const copy = empty('plan')
    give(copy, plan(), HOME)
    expect([isSharedPlan('plan', copy.doc()), isSharedPlan('plan', plan().doc()), isSharedPlan('notebook', copy.doc())]).toEqual([true, false, false])
    give(copy, plan(), HOME)
    expect(Object.keys(valueAt(copy.doc(), ['shared']) as object)).toHaveLength(1)
  })

  it('is brought up to date by what has changed, and what is said beside its words stays there', () => {
    const [source, copy] = [plan(), empty('plan')]
    give(copy, source, HOME)
    const cursor = A.getCursor(copy.doc(), ['actions', ACTION, 'what'], 5)
    source.change((draft) => {
      const doc = draft as Record<string, Record<string, Record<string, unknown>>>
      writeText(draft, ['actions', ACTION, 'what'], { at: 0, remove: 0, insert: 'Бірлескен: ' })
      writeText(draft, ['actions', ACTION, 'money'], { at: 0, remove: 0, insert: '1' })
      doc['actions']![OTHER] = blank('plan', 'actions', { order: word('a1'), what: 'Жаңа іс', money: SECRETS.money })
      delete doc['indicators']![OTHER]
    })
    give(copy, source, HOME)
    expect([words(copy, 'actions', ACTION, 'what'), words(copy, 'actions', OTHER, 'what')]).toEqual(['Бірлескен: Ашық сабақтар', 'Жаңа іс'])
    expect(A.getCursorPosition(copy.doc(), ['actions', ACTION, 'what'], cursor)).toBe(5 + 'Бірлескен: '.length)
    expect(valueAt(copy.doc(), ['indicators'])).toEqual({})
    expect(everything(copy)).not.toContain(SECRETS.money)
    const heads = A.getHeads(copy.doc())
    give(copy, source, HOME)
    expect(A.getHeads(copy.doc()), 'nothing new, nothing written').toEqual(heads)
  })

  it('is remembered by the plan with what stayed and how many could read it; of one copy the newest giving counts', () => {
    const source = plan()
    const giving = (at: number, home: readonly AtHome[]) =>
      source.change((draft) => note(draft as unknown as Plan, { document: word('COPY'), on: word('2026-11-27'), signed: 'A', consent: keptConsent({ at, schools: 3, home: new Set(home) }) }))
    giving(1, HOME)
    giving(2, ['money'])
    expect(givenOf(source.doc() as unknown as Plan)).toEqual([{ document: 'COPY', on: '2026-11-27', at: 2, schools: 3, home: new Set(['money']) }])
    source.change((draft) => note(draft as unknown as Plan, { document: word('X'), consent: 'a sentence of another program' }))
    expect(givenOf(source.doc() as unknown as Plan)).toHaveLength(1)
  })
})
