import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { bundleOf } from '../src/locale/locale.svelte'
import { lettersOver } from '../src/parts/letters'

const root = join(import.meta.dirname, '..')
const frame = (language: 'kk' | 'ru' | 'en') => bundleOf(language, readFileSync(join(root, '../locales', language, 'frame.ftl'), 'utf8'))
const said = (language: 'kk' | 'ru' | 'en', count: number) => {
  const bundle = frame(language)
  return bundle.formatPattern(bundle.getMessage('too-long')?.value ?? '', { count })
}

describe('a text that is too long', () => {
  it('is too long by the letters that would go out of the field', () => {
    expect(lettersOver('а'.repeat(4_000), 4_000)).toBe(0)
    expect(lettersOver(`${'а'.repeat(4_000)}\n\n `, 4_000), 'what is trimmed does not count').toBe(0)
    expect(lettersOver('а'.repeat(4_123), 4_000)).toBe(123)
  })

  it('says by how many, in the form that each number takes', () => {
    expect([1, 3, 21, 112].map((count) => said('ru', count).split('.')[0])).toEqual(['1 лишний знак', '3 лишних знака', '21 лишний знак', '112 лишних знаков'])
    expect([1, 2].map((count) => said('en', count).split('.')[0])).toEqual(['1 letter too many', '2 letters too many'])
    expect(said('kk', 5)).toContain('5 таңба артық')
  })

  it('is cut by no field: only the code of a seat has an end of its own', () => {
    const cutting = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.svelte'))
      .flatMap((file) => readFileSync(join(root, 'src', file), 'utf8').split('\n').filter((line) => /\bmaxlength=/i.test(line)))
    expect(cutting).toHaveLength(1)
    expect(cutting[0]).toContain('id="code"')
  })
})
