// What an author agreed to by sharing a part, as `shared[].consent` keeps it: codes, which are read in any language.
import type { UnixMs } from '../../data/types'
import { ago } from '../../locale/dates'
import { t } from '../../locale/locale.svelte'

export interface Consent {
  /** Whether others than the author appear in what is shared. */
  about: 'me' | 'others'
  /** Of others: who agreed and when, in the author's words. */
  words: string
  at: UnixMs
  /** How many schools could read the copy then. */
  schools: number
}

const CODED = /^(me|others) at:(\d{1,15}) schools:(\d{1,6})(?:\n([^]*))?$/

/** Nothing for a sentence, as they were kept before. */
export function consentFrom(kept: string): Consent | undefined {
  const [, about, at, schools, words = ''] = CODED.exec(kept) ?? []
  return about === undefined ? undefined : { about: about as Consent['about'], words, at: Number(at), schools: Number(schools) }
}

export function keptConsent({ about, words, at, schools }: Consent): string {
  return `${about} at:${at} schools:${schools}${about === 'others' ? `\n${words}` : ''}`
}

/** As it is read; a sentence stays what it is. */
export function consentWords(kept: string): string {
  const consent = consentFrom(kept)
  if (!consent) return kept
  const words = consent.about === 'me' ? t('notebook-consent-me') : consent.words
  return `${words} ${t('notebook-consent-given', { when: ago(consent.at), count: consent.schools })}`
}
