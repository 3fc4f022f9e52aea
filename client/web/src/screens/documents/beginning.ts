// What a document that was just made begins with, from the dialog that made it to the page that opens it.
import type { Language } from '../../data/types'
import type { Template } from './templates'

export type Beginning =
  | { from: 'template'; template: Template; language: Language }
  /** A template of the school's own: another document, whose content is copied. */
  | { from: 'document'; document: string }

const waiting = new Map<string, Beginning>()

export function beginWith(document: string, beginning: Beginning): void {
  waiting.set(document, beginning)
}

/** Taken once: whoever comes to the document again finds it as it is. */
export function takeBeginning(document: string): Beginning | undefined {
  const beginning = waiting.get(document)
  waiting.delete(document)
  return beginning
}
