// With what a year plan can begin: the year of a network whose schools work on their practice together.
import { schoolYear } from '../../edit/calendar'
import { today, type Form, type Year } from '../../edit/kinds'
import { blank } from '../../edit/kinds/shape'
import { newId, ordered, type Id } from '../../edit/order'
import { addItem, setWord, word } from '../../edit/paths'
import { t, type Words } from '../../locale/locale.svelte'

/** Months and days of a school year; before September they are of its second half. */
const PHASES: readonly [name: string, from: string, to: string][] = [
  ['begin', '09-01', '10-31'],
  ['work', '11-01', '04-30'],
  ['share', '05-01', '06-30'],
]
const EVENTS: readonly [form: Form, name: string, date: string, phase: number, number?: number][] = [
  ['meeting', 'face', '09-18', 0, 1],
  ['session', 'session', '10-09', 0, 1],
  ['session', 'session', '11-13', 1, 2],
  ['visit', 'between', '11-27', 1, 1],
  ['session', 'session', '12-11', 1, 3],
  ['meeting', 'face', '01-22', 1, 2],
  ['session', 'session', '02-12', 1, 4],
  ['session', 'session', '03-12', 1, 5],
  ['visit', 'between', '04-09', 1, 2],
  ['session', 'session', '04-23', 1, 6],
  ['meeting', 'face', '05-21', 2, 3],
  ['conference', 'closing', '06-04', 2],
]

function studyYear(draft: Year, say: Words = t, day: string = today()): void {
  const { from, to } = schoolYear(day)
  const dated = (monthDay: string) => `${(monthDay >= '09' ? from : to).slice(0, 4)}-${monthDay}`
  setWord(draft, ['from'], from)
  setWord(draft, ['to'], to)
  const phases = PHASES.map(([name, first, last]) =>
    append(draft, 'phases', { title: say(`year-begins-phase-${name}`), from: word(dated(first)), to: word(dated(last)) }),
  )
  for (const [form, name, date, phase, number] of EVENTS)
    append(draft, 'events', {
      form: word(form),
      title: say(`year-begins-${name}`, number === undefined ? {} : { number }),
      date: word(dated(date)),
      phase: word(phases[phase] ?? ''),
    })
}

function append(draft: Year, collection: 'phases' | 'events', given: Readonly<Record<string, unknown>>): Id {
  const id = newId()
  const shown = ordered<unknown>(draft[collection] as Record<Id, unknown>)
  addItem(draft, [collection], id, blank('year', collection, given), shown, shown.length)
  return id
}

/** `say` speaks the document's language, which may be another than the page's. */
export const TEMPLATES: readonly { name: string; apply: (draft: Year, say?: Words) => void }[] = [{ name: 'template-year-study', apply: studyYear }]
