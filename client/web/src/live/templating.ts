// A template of the school is a copy in its own space, where all of the school read it; what it was made of stays what it is.
import { ApiError, api } from '../data/api'
import { listing } from '../data/listing.svelte'
import type { DocumentInfo, Language, Me } from '../data/types'
import { asTemplate, copyInto } from '../edit/copying'
import { isPersonal, said, type Common } from '../edit/kinds'
import { holdsAt } from '../edit/kinds/shape'
import { setPlain } from '../edit/paths'
import { isLanguage, locale } from '../locale/locale.svelte'
import { TITLE_LETTERS } from '../parts/letters'
import { confirmed } from './confirmed.svelte'
import type { LiveDocument } from './document.svelte'
import { giveBack, take } from './shelf'

/** The node keeps a copy in milliseconds; a long one on an old computer takes seconds. */
const KEPT_WITHIN_MS = 60_000

/** Whether this person may make a template of a document: it is their school's, and nobody's own, since in the school's space the node
 * shows what is personal to one person alone. */
export function mayBecomeTemplate({ kind, owner }: DocumentInfo, me: Me | undefined): boolean {
  return me !== undefined && !me.guest && me.person.role !== 'reader' && owner.id === me.school.id && holdsAt(kind, ['template']) !== undefined && !isPersonal(kind)
}

/** Resolves to the template's id once the node has all of it; rejects with an ApiError that has a sentence. */
export async function makeTemplate({ info, doc }: LiveDocument<Common>, title: string): Promise<string> {
  if (listing.spaces.length === 0) await listing.refresh()
  const space = listing.spaces.find((each) => each.private)
  if (!space) throw listing.error ?? new ApiError('not_allowed', 403)
  const short = [...title].slice(0, TITLE_LETTERS).join('')
  const { id } = await api.createDocument({ space: space.id, kind: info.kind, title: short, language: languageOf(doc), write_rule: 'owner' })
  const template = await take<Common>(id, AbortSignal.timeout(KEPT_WITHIN_MS))
  try {
    // Marked first: a copy that was cut off is no half document among the others.
    template.type((draft) => setPlain(draft, ['template'], true))
    copyInto(template.text, doc, asTemplate(info.kind))
    if (!(await confirmed(template, KEPT_WITHIN_MS))) throw new ApiError('node_unreachable', 0)
  } finally {
    giveBack(id)
  }
  void listing.refresh()
  return id
}

function languageOf(doc: Common): Language {
  const language = said(doc.language)
  return isLanguage(language) ? language : locale.language
}
