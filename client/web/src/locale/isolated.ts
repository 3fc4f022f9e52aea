// Words that people have written, within a sentence of the page: letters that run from right to left, and marks that turn the direction of what
// follows, keep to themselves. Only such words get isolation marks: in all others those would but travel into copied text and screen readers.

const FSI = '\u2068'
const PDI = '\u2069'
/** Hebrew, Arabic and their like, and all marks of direction. */
const TURNS = /[\u0590-\u08FF\u200E\u200F\u202A-\u202E\u2066-\u2069\uFB1D-\uFDFF\uFE70-\uFEFC\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u

/** `words` as they stand in a sentence of another direction. What they leave open ends with them, and they end nothing that they have not begun. */
export function isolated(words: string): string {
  if (!TURNS.test(words)) return words
  let open = 0
  let kept = ''
  for (const letter of words) {
    if (letter === PDI && open === 0) continue
    if (letter === PDI) open -= 1
    else if (letter >= '\u2066' && letter <= FSI) open += 1
    kept += letter
  }
  return FSI + kept + PDI.repeat(open + 1)
}

/** Names and the like, one after the other. */
export function listed(names: readonly string[]): string {
  return names.map(isolated).join(', ')
}
