// What is said of a bundle that was opened: what came, where the words are, what to do.
import { ApiError } from '../../../data/api'
import type { OpenedBundle } from '../../../data/types'
import { ago } from '../../../locale/dates'
import { listed } from '../../../locale/isolated'
import { locale, t } from '../../../locale/locale.svelte'

export type Opening = { name: string } & ({ state: 'opening' } | { state: 'opened'; opened: OpenedBundle } | { state: 'refused'; error: unknown })

export interface Told {
  kind: 'good' | 'waits' | 'bad'
  text: string
}

export function told(opening: Opening): Told {
  if (opening.state === 'opening') return { kind: 'waits', text: t('opening-now') }
  if (opening.state === 'refused') return { kind: 'bad', text: refusal(opening.error) }
  const { opened } = opening
  const of = { school: opened.school.name, when: ago(opened.made_at) }
  const sentences = [first(opened, of)]
  if (opened.files > 0) sentences.push(t('opening-files', { count: opened.files }))
  if (opened.files_left > 0) sentences.push(t('opening-files-left', { count: opened.files_left }))
  if (opened.forked) sentences.push(t('opening-forked'))
  if (opened.unknown) sentences.push(t('opening-unknown'))
  const kind = ['waits', 'own', 'too_large_to_carry'].includes(opened.fate) || opened.files_left > 0 || opened.unknown ? 'waits' : opened.forked ? 'bad' : 'good'
  return { kind, text: sentences.join(' ') }
}

function first(opened: OpenedBundle, of: { school: string; when: string }): string {
  const fresh = opened.spaces.filter((space) => space.new_entries > 0)
  switch (opened.fate) {
    case 'taken':
      return fresh.length > 0 || opened.files > 0 || opened.forked || opened.unknown ? t('opening-taken', { ...of, spaces: listed(fresh.map((space) => space.name)), some: fresh.length }) : t('opening-nothing-new', of)
    case 'before':
      return t('opening-before', of)
    case 'waits':
      return opened.parts > 1 ? t('opening-waits-part', { ...of, part: opened.part, parts: opened.parts }) : t('opening-waits', of)
    case 'carried':
      return t('opening-carried', of)
    case 'old':
      return t('opening-old', of)
    case 'too_large_to_carry':
      return t('opening-too-large', of)
    case 'own':
      return t('opening-own')
  }
}

function refusal(error: unknown): string {
  const code = error instanceof ApiError ? error.code : 'unexpected_answer'
  const message = `error-${code.replaceAll('_', '-')}`
  return locale.has(message) ? t(message, error instanceof ApiError ? error.args : {}) : t('error-unknown', { code })
}
