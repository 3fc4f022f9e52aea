// The patterns of a notebook, as data. Titles of steps are written into the document in its language; the guidance beside them is named there
// and stands in Fluent, so that it can be mended and is read in the language of the person.
import type { Notebook } from '../../edit/kinds'
import { PATTERNS, said, type Pattern } from '../../edit/kinds'
import { newId, ordered } from '../../edit/order'
import { addItem, setWord, word } from '../../edit/paths'
import { blank } from '../../edit/kinds/shape'

/** The built-in steps of each pattern, in order: `step-<name>` is the title, `guide-<name>` the guidance. */
const STEPS: Readonly<Record<Pattern, readonly string[]>> = {
  project: ['project-values', 'project-concern', 'project-talk', 'project-plan', 'project-lead', 'project-share'],
  coaching: ['coaching-agreement', 'coaching-focus', 'coaching-sessions', 'coaching-next', 'coaching-changed'],
  enquiry: ['enquiry-plan', 'enquiry-act', 'enquiry-observe', 'enquiry-reflect', 'enquiry-again'],
  self_review: ['review-act', 'review-critical', 'review-respond'],
  own: [],
}

export function stepsOf(pattern: Pattern): readonly string[] {
  return STEPS[pattern]
}

/** Whether guidance of this name is built in: a document may name one of a newer program. */
export function isGuide(name: string): boolean {
  return PATTERNS.some((pattern) => STEPS[pattern].includes(name))
}

/** Gives a notebook without steps those of a pattern. `say`: the words of a message in the document's language. */
export function apply(draft: Notebook, pattern: Pattern, say: (id: string) => string): void {
  setWord(draft, ['pattern'], pattern)
  for (const guide of STEPS[pattern]) addStep(draft, { guide: word(guide), title: say(`step-${guide}`) })
  // One's own begins with one step that has no name yet.
  if (STEPS[pattern].length === 0) addStep(draft, {})
}

/** As what a new notebook can begin with. */
export const TEMPLATES = PATTERNS.map((pattern) => ({
  name: `pattern-${pattern}`,
  apply: (draft: Notebook, say: (id: string) => string) => apply(draft, pattern, say),
}))

function addStep(draft: Notebook, given: Readonly<Record<string, unknown>>): void {
  const steps = ordered(draft.steps)
  addItem(draft, ['steps'], newId(), blank('notebook', 'steps', given), steps, steps.length)
}

/** Whether nothing has been chosen or written yet, so that a pattern can be chosen. */
export function isFresh(notebook: Notebook): boolean {
  return ordered(notebook.steps).length === 0 && ordered(notebook.entries).length === 0 && said(notebook.closing).trim() === ''
}
