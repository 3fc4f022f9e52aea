// Between the page and the document: which words a person has chosen, and where on the page stands what something is said about.
import { spans } from '@automerge/automerge/slim'
import { said, type Common } from '../edit/kinds'
import type { LiveDocument } from '../live/document.svelte'
import { editors, lettersIn } from '../rich/marked'
import { WHOLE, fieldOfItem, onOneLine, pathOf, placeOf, type Place } from './anchor'
import { COMPOSING, type Entry } from './commentary.svelte'

export interface Target {
  place: Place
  origin: HTMLElement | undefined
  /** Where on the screen the words end, for what is offered beside them. */
  foot: DOMRect | undefined
}

function inside(sheet: Element, node: Node | null | undefined): HTMLElement | undefined {
  const element = node instanceof HTMLElement ? node : node?.parentElement
  return element && sheet.contains(element) ? element : undefined
}

/** The words chosen in a text; nothing where none are. */
export function chosenWords(sheet: HTMLElement, live: LiveDocument<Common>): Target | undefined {
  const active = inside(sheet, document.activeElement)
  if (active instanceof HTMLTextAreaElement) {
    const field = active.closest<HTMLElement>('[data-field]')?.dataset['field']
    if (field === undefined || active.selectionStart === active.selectionEnd) return undefined
    return target(placeOf(live.doc, field, active.selectionStart, active.selectionEnd), active, active.getBoundingClientRect())
  }
  const selection = document.getSelection()
  const home = selection && !selection.isCollapsed ? inside(sheet, selection.anchorNode)?.closest<HTMLElement>('[data-field]') : undefined
  const view = home && editors.get(home)
  const field = home?.dataset['field']
  if (!selection || !view || field === undefined) return undefined
  const range = selection.getRangeAt(0)
  const letters = lettersIn(view, spans(live.handle.doc(), pathOf(field)), range)
  return letters && target(placeOf(live.doc, field, letters.start, letters.end), view.dom, range.getBoundingClientRect())
}

function target(place: Place, origin: HTMLElement, foot: DOMRect): Target | undefined {
  return place.from === '' ? undefined : { place, origin, foot }
}

/** What a remark is made about: the chosen words, else the field or the item that has the focus, else the document. */
export function targetOf(sheet: HTMLElement, live: LiveDocument<Common>): Target {
  const words = chosenWords(sheet, live)
  if (words) return words
  const origin = inside(sheet, document.activeElement)
  const field = origin?.closest<HTMLElement>('[data-field]')?.dataset['field']
  if (field !== undefined && field !== 'title') return { place: { ...WHOLE, field }, origin, foot: undefined }
  const id = origin?.closest<HTMLElement>('[data-id]')?.dataset['id']
  const item = id === undefined ? undefined : fieldOfItem(live.doc, id)
  return { place: { ...WHOLE, field: item ?? '' }, origin, foot: undefined }
}

/** The element that shows what a card is about; the nearest around it where the field itself is not shown. */
export function elementOf(sheet: HTMLElement, id: string, field: string): HTMLElement | undefined {
  const find = (attribute: string, value: string) => sheet.querySelector<HTMLElement>(`[${attribute}="${CSS.escape(value)}"]`) ?? undefined
  const words = find('data-remark', id)
  if (words) return words
  const path = pathOf(field)
  for (let length = path.length; length > 0; length -= 1) {
    const found = find('data-field', path.slice(0, length).join('/')) ?? find('data-id', String(path[length - 1]))
    if (found) return found
  }
  return undefined
}

/** What something is said about, in words. */
export function aboutOf(sheet: HTMLElement | undefined, entry: Pick<Entry, 'id' | 'item' | 'at'>): string {
  if (entry.at.is === 'here') return onOneLine(entry.at.words)
  if (entry.at.is === 'gone' || entry.at.is === 'document') return onOneLine(said(entry.item.quote))
  return nameOf(sheet, said(entry.item.field))
}

/** A field is called on the page what its label says; an item, what stands in it. */
export function nameOf(sheet: HTMLElement | undefined, field: string): string {
  const element = sheet && field !== '' ? elementOf(sheet, COMPOSING, field) : undefined
  if (!element) return ''
  const label = element.querySelector('[aria-label]')?.getAttribute('aria-label')
  if (element.dataset['field'] === field && label) return label
  const words = [...element.querySelectorAll('textarea')].map(({ value }) => value.trim()).find((value) => value !== '')
  return words ?? label ?? ''
}
