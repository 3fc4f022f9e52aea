/** What a person, a school or a network is called; the node takes no more. */
export const NAME_LETTERS = 120
/** A title is a line, not a page. */
export const TITLE_LETTERS = 300

/** How many letters (UTF-16 units, as fields count them) `words` have beyond `most`. A field takes more than may go out of it: what the browser
 * would cut from a long paste is gone without a word. */
export function lettersOver(words: string, most: number): number {
  return Math.max(0, words.trim().length - most)
}
