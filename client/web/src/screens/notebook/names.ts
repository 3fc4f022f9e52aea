// A person's own name in what they are about to share under another one. Names bend: Айгүлге, Ольги, Маратпен. So a word counts that begins as the
// name does; whether it is the name, its author decides.

export interface Found {
  at: number
  length: number
}

/** Shorter words are initials, or begin too many others. */
const LETTERS_OF_A_NAME = 3
/** Of a name so short only a word with a capital letter is taken. */
const LETTERS_OF_A_SURE_NAME = 5
/** Endings of Kazakh names pile up: -лардікіндегі. */
const ENDING = 12
/** Letters at a name's end that change when it bends. */
const CHANGING = /[аеёиоуыэюяйьәіөұүпкқ]$/iu

const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)

/** A pattern for each word of the names; the beginnings only. */
function beginnings(names: readonly string[]): { pattern: RegExp; sure: boolean }[] {
  const words = names.flatMap((name) => name.normalize('NFC').split(/[^\p{L}\p{N}]+/u)).filter((word) => word.length >= LETTERS_OF_A_NAME)
  return [...new Set(words.map((word) => word.toLowerCase()))].map((word) => {
    const stem = word.length > LETTERS_OF_A_NAME ? word.replace(CHANGING, '') : word
    return { pattern: new RegExp(String.raw`(?<![\p{L}\p{N}])${escaped(stem)}\p{L}{0,${ENDING}}`, 'giu'), sure: word.length >= LETTERS_OF_A_SURE_NAME }
  })
}

const isCapital = (letter: string): boolean => letter !== letter.toLowerCase()

/** Where in `text` one of the names stands, in order; a first name beside a family name is one place. */
export function namesIn(text: string, names: readonly string[]): Found[] {
  const found: Found[] = []
  for (const { pattern, sure } of beginnings(names))
    for (const { index, 0: words } of text.matchAll(pattern)) if (sure || isCapital(words.charAt(0))) found.push({ at: index, length: words.length })
  const all: Found[] = []
  for (const each of found.sort((a, b) => a.at - b.at || b.length - a.length)) {
    const last = all[all.length - 1]
    const end = last ? last.at + last.length : 0
    if (last && each.at < end) last.length = Math.max(end, each.at + each.length) - last.at
    else if (last && /^[\s.]{1,2}$/.test(text.slice(end, each.at))) last.length = each.at + each.length - last.at
    else all.push({ ...each })
  }
  return all
}

/** `text` with `by` in the place of what was found there. */
export function replaced(text: string, found: readonly Found[], by: string): string {
  let done = ''
  let from = 0
  for (const { at, length } of found) {
    done += text.slice(from, at) + by
    from = at + length
  }
  return done + text.slice(from)
}
