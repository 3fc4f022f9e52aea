// Who is signed in at this browser, and who of those that were has chosen to keep documents on it. While the node is away nobody else
// can say it. Known to all tabs of the browser.
import type { Keeping } from '../data/copies'
import type { Language } from '../data/types'
import { isLanguage } from '../locale/locale.svelte'

const HERE = 'jeli.here'
const KEEPS = 'jeli.keeps/'
const SEATS = 'jeli.seat/'
const TO_TELL = 'jeli.language-to-tell/'
const part = encodeURIComponent

/** The person who is signed in here, as the node last said. */
export function personHere(keeping: Keeping | undefined): string | undefined {
  return attempt(() => keeping?.getItem(HERE)) ?? undefined
}

export function setPersonHere(keeping: Keeping | undefined, person: string | undefined): void {
  attempt(() => (person === undefined ? keeping?.removeItem(HERE) : keeping?.setItem(HERE, person)))
}

export function keepsHere(keeping: Keeping | undefined, person: string): boolean {
  return attempt(() => keeping?.getItem(KEEPS + part(person))) === 'yes'
}

export function setKeepsHere(keeping: Keeping | undefined, person: string, choice: 'yes' | 'no'): void {
  attempt(() => (choice === 'yes' ? keeping?.setItem(KEEPS + part(person), choice) : keeping?.removeItem(KEEPS + part(person))))
}

/** Everybody who has chosen so. */
export function allWhoKeep(keeping: Keeping | undefined): string[] {
  return named(keeping, KEEPS)
}

/** The persons of the guests' seats that were taken at this browser. */
export function seatsHere(keeping: Keeping | undefined): string[] {
  return named(keeping, SEATS)
}

export function setSeatHere(keeping: Keeping | undefined, person: string, seat: 'taken' | 'left'): void {
  attempt(() => (seat === 'taken' ? keeping?.setItem(SEATS + part(person), seat) : keeping?.removeItem(SEATS + part(person))))
}

/** The language that a person has chosen here and their node has not heard of. */
export function languageToTell(keeping: Keeping | undefined, person: string): Language | undefined {
  const language = attempt(() => keeping?.getItem(TO_TELL + part(person)))
  return isLanguage(language) ? language : undefined
}

export function setLanguageToTell(keeping: Keeping | undefined, person: string | undefined, language: Language | undefined): void {
  if (person === undefined) return
  attempt(() => (language === undefined ? keeping?.removeItem(TO_TELL + part(person)) : keeping?.setItem(TO_TELL + part(person), language)))
}

function named(keeping: Keeping | undefined, prefix: string): string[] {
  const keys = attempt(() => Array.from({ length: keeping?.length ?? 0 }, (_, index) => keeping?.key(index) ?? '')) ?? []
  return keys.filter((key) => key.startsWith(prefix)).map((key) => decodeURIComponent(key.slice(prefix.length)))
}

function attempt<T>(what: () => T): T | undefined {
  try {
    return what()
  } catch {
    // A browser that is told to keep nothing keeps nothing.
    return undefined
  }
}
