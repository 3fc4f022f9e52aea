// The copy of a plan that a school gives to a network: what stays at home, and what the plan remembers of it.
import { COPY, said, type Plan, type Shared } from '../../../edit/kinds'
import { renewInto, type Into, type Leaving } from '../../../edit/copying'
import { blank } from '../../../edit/kinds/shape'
import { newId, ordered, type Placed } from '../../../edit/order'
import { addItem, word } from '../../../edit/paths'

/** What a school may leave at home. */
export const HOME = ['money', 'names', 'questionnaires'] as const
export type AtHome = (typeof HOME)[number]

const FIELDS: Readonly<Record<AtHome, readonly string[]>> = {
  money: ['actions.money'],
  names: ['actions.responsible', 'actions.answer', 'actions.offered_due', 'actions.answer_note', 'indicators.measured_by', 'agreed.by', 'approved.by'],
  questionnaires: ['surveys', 'survey_questions', 'tallies'],
}
/** Leads to what is the school's own, or is no business of a copy. A photo shows people whom nobody has asked about other schools. */
const NEVER = ['template', 'previous', 'shared', 'actions.person', 'files']

export function leaving(home: ReadonlySet<AtHome>): Leaving {
  return { out: [...NEVER, ...HOME.filter((each) => home.has(each)).flatMap((each) => FIELDS[each])] }
}

/** Brings the copy to what the plan says; of what stays at home it has nothing. */
export function writeCopy(copy: Into, plan: Plan, home: ReadonlySet<AtHome>, signed: string, on: string): void {
  // Marked first: half a copy is a copy.
  if (copiesIn(copy.doc() as Plan).length === 0) copy.change((draft) => note(draft as Plan, { part: word(COPY), on: word(on), signed }))
  renewInto(copy, plan as never, leaving(home))
}

const copiesIn = ({ shared }: Plan): Placed<Shared>[] => ordered(shared).filter(({ item }) => said(item.part) === COPY)

/** Keeps in a plan what was given; in the copy, that it is one. */
export function note(draft: Plan, given: Readonly<Record<string, unknown>>): void {
  const shown = ordered(draft.shared)
  addItem(draft, ['shared'], newId(), blank('plan', 'shared', given), shown, shown.length)
}

/** A copy that was given, with what stayed at home and what was agreed. */
export interface Given {
  document: string
  on: string
  home: ReadonlySet<AtHome>
  at: number
  schools: number
}

const CODED = /^plan at:(\d{1,15}) schools:(\d{1,6}) home:([a-z,]*)$/

/** How `shared[].consent` of a plan says it: codes, which are read in any language. */
export function keptConsent({ at, schools, home }: Pick<Given, 'at' | 'schools' | 'home'>): string {
  return `plan at:${at} schools:${schools} home:${HOME.filter((each) => home.has(each)).join(',')}`
}

/** The copies of a plan, the newest giving of each last. */
export function givenOf({ shared }: Plan): Given[] {
  const all = new Map<string, Given>()
  for (const { item } of ordered(shared)) {
    const [, at, schools, home] = CODED.exec(said(item.consent)) ?? []
    const document = said(item.document)
    if (document === '' || at === undefined) continue
    const left = (home ?? '').split(',')
    all.set(document, { document, on: said(item.on), at: Number(at), schools: Number(schools), home: new Set(HOME.filter((each) => left.includes(each))) })
  }
  return [...all.values()]
}
