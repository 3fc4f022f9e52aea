// Words begun and not yet said, kept in this browser: closing a tab loses none. They are the person's alone, and go when they sign out.
import { Copies, browserKeeping } from '../data/copies'
import { session } from '../data/session.svelte'

/** `about`: the document, and where in it. */
function drafts(about: string): Copies {
  return new Copies(browserKeeping(), session.me?.person.id ?? '', `draft:${about}`)
}

export function draftOf(about: string): string {
  return drafts(about).all(Date.now())[0] ?? ''
}

export function keepDraft(about: string, words: string): void {
  if (words.trim() === '') drafts(about).forget('words')
  else drafts(about).keep('words', words, Date.now())
}

/** The fields of a form that was begun; none where it was not. `about`: which form, and for what. */
export function fieldsOf(about: string): Record<string, string> {
  try {
    const kept: unknown = JSON.parse(draftOf(about))
    if (typeof kept !== 'object' || kept === null) return {}
    return Object.fromEntries(Object.entries(kept).filter((field): field is [string, string] => typeof field[1] === 'string'))
  } catch {
    return {}
  }
}

/** Without a word in any of them the form is not begun. */
export function keepFields(about: string, fields: Record<string, string>): void {
  keepDraft(about, Object.values(fields).some((words) => words.trim() !== '') ? JSON.stringify(fields) : '')
}
