// The file with which somebody is the same person at another computer of the school: what the node has signed, and for the form there what is known of them.
import type { Language, Person } from './types'

/** What a file offers to the form. Only `pass` is signed: the rest may be changed there like anything that one types. */
export interface AccountFile {
  name: string
  login: string
  language: Language
  pass: string
}

const FORM = 1
/** Longer ones are something else. */
const MOST_BYTES = 16_384
const LANGUAGES: readonly unknown[] = ['kk', 'ru', 'en']

export function fileName(person: Person): string {
  return `${person.login.replaceAll(/[^\p{L}\p{N}._-]/gu, '-')}.jeli-account`
}

export function writeAccountFile({ name, login, language }: Person, pass: string): Blob {
  return new Blob([JSON.stringify({ jeli_account: FORM, name, login, language, pass }, undefined, 1)], { type: 'application/json' })
}

/** None: it is no such file. Whether the pass is good its node says. */
export async function readAccountFile(file: Blob): Promise<AccountFile | undefined> {
  if (file.size > MOST_BYTES) return undefined
  try {
    const { jeli_account: form, name, login, language, pass } = JSON.parse(await file.text()) as Record<string, unknown>
    const whole = form === FORM && [name, login, pass].every((each) => typeof each === 'string') && LANGUAGES.includes(language)
    return whole ? ({ name, login, language, pass } as AccountFile) : undefined
  } catch {
    return undefined
  }
}
