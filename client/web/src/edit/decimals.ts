// Numbers of people: kept with a point, shown and typed as the person's language has them.
import type { Language } from '../data/types'

/** As `protocol/src/kinds/decimal.rs` reads it: what a double holds exactly. */
const DIGITS = 15
const KEPT = /^-?\d+(?:\.\d+)?$/

function isKept(text: string): boolean {
  return text.length <= DIGITS + 2 && KEPT.test(text) && text.replaceAll(/\D/g, '').length <= DIGITS
}

/** What a person typed, as documents keep it: `12,5` and `1 200.50` are numbers. Empty for an empty field, undefined for what is no number. */
export function decimalFrom(typed: string): string | undefined {
  const bare = typed.replaceAll(/[\s\u00a0\u202f]/g, '').replace(/^[−–]/, '-').replace(',', '.')
  return bare === '' || isKept(bare) ? bare : undefined
}

/** A kept number as the language writes it; anything else as it stands. */
export function decimalShown(kept: string, language: Language): string {
  if (!isKept(kept)) return kept
  return language === 'en' ? kept : kept.replace('.', ',')
}

/** A kept number for a picture; undefined where there is none. */
export function numberOf(kept: string): number | undefined {
  return isKept(kept) ? Number(kept) : undefined
}
