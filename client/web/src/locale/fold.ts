// Words as they are looked for: without regard to case, marks that nobody sees, and the keyboard that was at hand. Many write Kazakh
// on a Russian keyboard (к for қ, у for ұ), or with the Latin i that old keyboards had.

/** Soft hyphens, marks of direction and others that have no width. */
export const UNSEEN = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g
const NEAR: Record<string, string> = { ә: 'а', ғ: 'г', қ: 'к', ң: 'н', ө: 'о', ұ: 'у', ү: 'у', һ: 'х', і: 'и', ё: 'е' }
const CYRILLIC = /\p{Script=Cyrillic}/u
/** A stem's last letter before a suffix: мектеп, мектебі; тілек, тілегі. */
const STEM_ENDS: Record<string, string> = { п: 'б', к: 'г', қ: 'ғ' }

/** Equal for texts that differ in case and in marks that nobody sees. */
export function fold(text: string): string {
  const seen = text.normalize('NFKC').replaceAll(UNSEEN, '').toLowerCase()
  return CYRILLIC.test(seen) ? seen.replaceAll('i', 'і') : seen
}

/** With the letters that a keyboard at hand had for those which it lacked. */
export function near(folded: string): string {
  return folded.replaceAll(/[әғқңөұүһіё]/g, (letter) => NEAR[letter] ?? letter)
}

function stemmed(word: string): string {
  const last = word.slice(-1)
  return word.length > 2 && last in STEM_ENDS ? word.slice(0, -1) + STEM_ENDS[last] : word
}

/** Whether each word of `query` stands in one of the texts, also at its beginning only, and with the other letter at its stem's end. Texts of several
 * languages are given apart: each is folded as its own letters are. */
export function finder(query: string): (...texts: string[]) => boolean {
  const words = fold(query).split(/\s+/).filter((word) => word !== '')
  const ways = words.map((word) => [...new Set([near(word), near(stemmed(word))])])
  return (...texts) => {
    const where = texts.map((text) => near(fold(text))).join('\n')
    return ways.every((forms) => forms.some((form) => where.includes(form)))
  }
}

/** Whether all words of a name stand in `text` as whole words, in any order. */
export function namedIn(text: string, name: string): boolean {
  const wordsOf = (each: string) => fold(each).split(/[^\p{L}\p{N}'’-]+/u).filter((word) => word !== '')
  const there = new Set(wordsOf(text))
  const wanted = wordsOf(name)
  return wanted.length > 0 && wanted.every((word) => there.has(word))
}
