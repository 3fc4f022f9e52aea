// What a new document of each kind can begin with, besides the school's own templates. Each room keeps its list beside its page and
// is entered here; lists come when somebody makes a document of the kind, with all that they need.
import type { Kind } from '../../data/types'
import type { Words } from '../../locale/locale.svelte'

export interface Template {
  /** The message with its name. */
  name: string
  /** Writes the template into a new document, in one change. `say` speaks the document's language. */
  apply: (draft: never, say: Words) => void
}

export const TEMPLATES: Partial<Record<Kind, () => Promise<readonly Template[]>>> = {
  plan: () => import('../plan/templates').then((room) => room.TEMPLATES),
  portfolio: () => import('../portfolio/templates').then((room) => room.TEMPLATES),
  meeting: () => import('../meeting/templates').then((room) => room.TEMPLATES),
  year: () => import('../year/templates').then((room) => room.TEMPLATES),
  notebook: () => import('../notebook/patterns').then((room) => room.TEMPLATES),
}
