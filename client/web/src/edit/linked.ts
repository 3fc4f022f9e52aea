// What a link inside the documents leads to: a document, or one item of it ("<document>/<collection>/<item>"). Read from the plain form.
import type { Kind, Language } from '../data/types'
import { WRITTEN_IN, toldTo } from './kinds/library'
import { fieldsOf, itemFields } from './kinds/shape'

/** Collections whose items can bear evidence, by kind, in the order of their pages. */
const LINKABLE: Partial<Record<Kind, readonly string[]>> = {
  plan: ['judgements', 'priorities', 'goals', 'actions', 'indicators', 'impacts', 'findings'],
  meeting: ['agenda', 'decisions', 'tasks'],
  year: ['events'],
  notebook: ['steps', 'entries', 'evidence', 'observations'],
  portfolio: ['pieces'],
  feedback: ['questions', 'answers'],
  thread: ['posts'],
  library: ['materials'],
}

export interface Target {
  document: string
  collection: string
  item: string
}

export function targetOf(link: string): Target {
  const [document = '', collection = '', item = ''] = link.split('/')
  return { document, collection, item }
}

/** Whether a link leads out of the documents: an address of the web. */
export function isAddress(link: string): boolean {
  return /^https?:\/\//i.test(link)
}

/** Which addresses of the web are offered and opened. */
export type Addresses = 'all' | 'https'

export function mayOpen(link: string, addresses: Addresses): boolean {
  return isAddress(link) && (addresses === 'all' || /^https:/i.test(link))
}

export interface LinkedItem {
  link: string
  collection: string
  words: string
}

type Plain = Record<string, unknown>
const isPlain = (value: unknown): value is Plain => typeof value === 'object' && value !== null && !Array.isArray(value)
const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/** The words of an item, a line for each of its texts. What has them in several languages says them in one. */
function wordsOf(kind: Kind, collection: string, item: Plain, language: Language): string {
  if (kind === 'library') return [toldTo(item, 'title', language), toldTo(item, 'about', language)].filter((words) => words !== '').join('\n')
  return itemFields(kind, collection)
    .filter(({ holds }) => holds === 'text' || holds === 'rich')
    .map(({ name }) => text(item[name]).trim())
    .filter((words) => words !== '')
    .join('\n')
}

function itemsAt(content: Plain, collection: string): [id: string, item: Plain][] {
  const map = content[collection]
  if (!isPlain(map)) return []
  const order = (item: Plain) => text(item['order'])
  return Object.entries(map)
    .filter((each): each is [string, Plain] => isPlain(each[1]))
    .sort(([a, x], [b, y]) => (order(x) === order(y) ? (a < b ? -1 : 1) : order(x) < order(y) ? -1 : 1))
}

/** What of a document can be linked, in the order of its page. Items without words are nothing to point at. */
export function linkable(kind: Kind, document: string, content: Plain, language: Language = WRITTEN_IN[0]): LinkedItem[] {
  return (LINKABLE[kind] ?? []).flatMap((collection) =>
    itemsAt(content, collection)
      .map(([id, item]) => ({ link: `${document}/${collection}/${id}`, collection, words: wordsOf(kind, collection, item, language) }))
      .filter(({ words }) => words !== ''),
  )
}

/** The words that a link leads to; undefined where there is nothing there any more. A link to a whole document reads its first long text. */
export function linkedWords(kind: Kind, link: string, content: Plain, language: Language = WRITTEN_IN[0]): string | undefined {
  const { collection, item } = targetOf(link)
  if (collection === '') return fieldsOf(kind).filter(({ holds }) => holds === 'rich').map(({ name }) => text(content[name]).trim()).find((words) => words !== '') ?? ''
  const found = itemsAt(content, collection).find(([id]) => id === item)
  return found && wordsOf(kind, collection, found[1], language)
}
