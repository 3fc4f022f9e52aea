// Whether a copy still says what the notebook says.
import { said, type Notebook } from '../../edit/kinds'
import type { Given } from './copying'
import { namesIn, replaced } from './names'
import { filesByPart, partsOf, textsIn } from './sharing'

export type Agreement = 'same' | 'newer' | 'withdrawn'

type Plain = Record<string, unknown>
const isPlain = (value: unknown): value is Plain => typeof value === 'object' && value !== null

/** The letters of a text, whatever its shape and whichever of the author's names stands in it. */
function letters(text: string, names: readonly string[], signature: string): string {
  const lines = text.replaceAll('\ufffc', '\n').replaceAll(/^\s*\d+\.\s/gm, '')
  return replaced(lines, namesIn(lines, names), signature).replaceAll(/[^\p{L}\p{N}]+/gu, '').toLowerCase()
}

/** `copy`: the copy in its plain form. */
export function agreement(notebook: Notebook, given: Given, copy: Plain, names: readonly string[]): Agreement {
  const collections = ['steps', 'entries', 'evidence', 'observations'].map((name) => copy[name])
  if (collections.every((items) => !isPlain(items) || Object.keys(items).length === 0) && said(copy['closing']).trim() === '') return 'withdrawn'
  const parts = new Map(partsOf(notebook).map((part) => [part.key, part]))
  const own = filesByPart(notebook)
  const theirs = Object.values(isPlain(copy['files']) ? copy['files'] : {}).filter(isPlain)
  const file = (item: { hash?: unknown; name?: unknown; note?: unknown }) => [said(item.hash), ...[item.name, item.note].map((words) => letters(said(words), names, given.signed))].join(' ')
  for (const [key, id] of given.parts) {
    const part = parts.get(key)
    if (!part) return 'newer'
    const items = copy[part.collection]
    const item = part.collection === 'closing' ? copy : isPlain(items) ? items[id] : undefined
    if (!isPlain(item)) return 'newer'
    const there = theirs.filter(({ at }) => said(at) === `${part.collection}/${id}`)
    if ((own.get(key) ?? []).map((each) => file(each.item)).sort().join('\n') !== there.map(file).sort().join('\n')) return 'newer'
    for (const [field, words] of textsIn(notebook, part))
      if (letters(words, names, given.signed) !== letters(said(item[field]), names, given.signed)) return 'newer'
  }
  return 'same'
}
