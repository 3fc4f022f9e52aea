// What something is called in lists, headings and labels.
import { t } from './locale.svelte'

/** More of a name nobody reads in a list; and whatever stands there is laid out anew while it is being written. */
const LETTERS_IN_A_NAME = 200

/** The beginning of its words, or that it has none yet. */
export function named(words: string): string {
  const name = words.trim()
  if (name.length <= LETTERS_IN_A_NAME) return name || t('untitled')
  return `${[...name.slice(0, LETTERS_IN_A_NAME)].slice(0, -1).join('')}…`
}
