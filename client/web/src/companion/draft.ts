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
