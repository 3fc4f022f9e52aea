// A person's own name in what they are about to share under another one. Names bend: Айгүлге, Ольги, Маратпен. So a word counts that begins as the
// name does; whether it is the name, its author decides.

import { UNSEEN, fold, near } from '../../locale/fold'

export interface Found {
  at: number
  length: number
}

/** One letter is an initial. Two letters count only as a word of their own with a capital: they begin too many others. */
const LETTERS_OF_A_SHORT_NAME = 2
/** Of a name so short only a word with a capital letter is taken. */
const LETTERS_OF_A_SURE_NAME = 5
/** Endings of Kazakh names pile up: -лардікіндегі. */
const ENDING = 12
/** Letters at a name's end that change when it bends. */
const CHANGING = /[аеиоуыэюяйьпк]$/u

/** A text letter for letter as names are looked for in it, and where each of them stands in the text, with the end at the end. */
interface Folded {
  letters: string
  at: number[]
}

/** Without regard to case, to marks that nobody sees, to how a letter is put together, and to the keyboard on which it was typed. */
function folded(text: string): Folded {
  const at: number[] = []
  let letters = ''
  // A letter with all that lies over it or is not seen behind it.
  for (const { index, 0: letter } of text.matchAll(new RegExp(String.raw`[^](?:\p{M}|${UNSEEN.source})*`, 'gu'))) {
    const one = near(fold(letter.replaceAll(UNSEEN, ''))).replaceAll(/[iı]/g, 'и')
    letters += one
    for (let each = 0; each < one.length; each += 1) at.push(index)
  }
  return { letters, at: [...at, text.length] }
}

const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)

/** A pattern for each word of the names; the beginnings only. */
function beginnings(names: readonly string[]): { pattern: RegExp; sure: boolean }[] {
  const words = names.flatMap((name) => folded(name).letters.split(/[^\p{L}\p{N}]+/u)).filter((word) => word.length >= LETTERS_OF_A_SHORT_NAME)
  return [...new Set(words)].map((word) => {
    const short = word.length === LETTERS_OF_A_SHORT_NAME
    const stem = word.length > LETTERS_OF_A_SHORT_NAME + 1 ? word.replace(CHANGING, '') : word
    const behind = short ? String.raw`(?![\p{L}\p{N}])` : String.raw`\p{L}{0,${ENDING}}`
    return { pattern: new RegExp(String.raw`(?<![\p{L}\p{N}])${escaped(stem)}${behind}`, 'gu'), sure: word.length >= LETTERS_OF_A_SURE_NAME }
  })
}

const isCapital = (letter: string): boolean => letter !== letter.toLowerCase()

/** Where in `text` one of the names stands, in order; a first name beside a family name is one place. */
export function namesIn(text: string, names: readonly string[]): Found[] {
  const found: Found[] = []
  const { letters, at } = folded(text)
  const place = (letter: number): number => at[letter] ?? text.length
  for (const { pattern, sure } of beginnings(names))
    for (const { index, 0: words } of letters.matchAll(pattern)) {
      const here = place(index)
      if (sure || isCapital(text.charAt(here))) found.push({ at: here, length: place(index + words.length) - here })
    }
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
