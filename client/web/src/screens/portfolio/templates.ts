// With what a portfolio can begin: two places under each criterion, each with a question that a piece would answer.
import { CRITERIA, type Portfolio } from '../../edit/kinds'
import { blank } from '../../edit/kinds/shape'
import { newId, ordered } from '../../edit/order'
import { addItem, word } from '../../edit/paths'
import { t, type Words } from '../../locale/locale.svelte'

const PIECES = [1, 2] as const

function yearInSix(draft: Portfolio, say: Words = t): void {
  for (const criterion of CRITERIA)
    for (const number of PIECES) {
      const shown = ordered(draft.pieces)
      addItem(draft, ['pieces'], newId(), blank('portfolio', 'pieces', { criterion: word(criterion), title: say(`portfolio-begins-${criterion}-${number}`) }), shown, shown.length)
    }
}

/** `say` speaks the document's language, which may be another than the page's. */
export const TEMPLATES: readonly { name: string; apply: (draft: Portfolio, say?: Words) => void }[] = [{ name: 'template-portfolio-six', apply: yearInSix }]
