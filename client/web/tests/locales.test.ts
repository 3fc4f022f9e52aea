import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { FluentBundle, FluentResource } from '@fluent/bundle'
import { describe, expect, it } from 'vitest'
import { bundleOf } from '../src/locale/locale.svelte'

const ROOT = join(import.meta.dirname, '../../locales')
const LANGUAGES = ['kk', 'ru', 'en']
/** What the page counts. */
const NUMBERED = ['басымдық', 'мақсат', 'мәселе', 'шешім', 'тапсырма', 'қатысушы', 'сұрақ', 'сұрағ', 'қадам', 'дерек', 'бақылау', 'кезең', 'кездесу', 'сессия', 'материал', 'бет']

function source(language: string): string {
  return readdirSync(join(ROOT, language))
    .filter((file) => file.endsWith('.ftl'))
    .map((file) => readFileSync(join(ROOT, language, file), 'utf8'))
    .join('\n')
}

function ids(text: string): string[] {
  return [...text.matchAll(/^([a-z][a-z0-9_-]*) *=/gm)].map((match) => match[1] as string)
}

function variables(text: string, id: string): string[] {
  const body = new RegExp(`^${id} *=((?:.*)(?:\\n(?:[ }].*)?)*)`, 'm').exec(text)?.[1] ?? ''
  return [...new Set([...body.matchAll(/\$([a-z_]+)/g)].map((match) => match[1] as string))].sort()
}

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? sources(join(folder, entry.name)) : [readFileSync(join(folder, entry.name), 'utf8')],
  )
}

describe('the words of the page', () => {
  it.each(LANGUAGES)('parse without an error and without a message said twice in %s', (language) => {
    const text = source(language)
    const bundle = new FluentBundle(language)
    expect(bundle.addResource(new FluentResource(text))).toEqual([])
    const all = ids(text)
    expect(all.filter((id, index) => all.indexOf(id) !== index)).toEqual([])
    for (const id of all) expect(bundle.getMessage(id)?.value, `${id} has words`).toBeTruthy()
  })

  it.each(['ru', 'en'])('are the same messages with the same variables in kk and %s', (language) => {
    const kk = source('kk')
    const other = source(language)
    expect(ids(other).sort()).toEqual(ids(kk).sort())
    for (const id of ids(kk)) expect(variables(other, id), `variables of ${id}`).toEqual(variables(kk, id))
  })

  it('are in the same files in each language', () => {
    const files = (language: string) => readdirSync(join(ROOT, language)).sort()
    expect(files('ru')).toEqual(files('kk'))
    expect(files('en')).toEqual(files('kk'))
  })

  it('choose by no plural form in Kazakh, whose numbers are written as Russian ones', () => {
    const chosen = (language: string) => [...source(language).matchAll(/^ *\*?\[(zero|one|two|few|many)\]/gm)].length
    expect([chosen('kk'), chosen('ru') > 0]).toEqual([0, true])
  })

  // The browser of these tests knows Kazakh numbers, those of our schools do not: it is asked for none.
  it.each([['kk', '12 345,6', 'ru-KZ'], ['ru', '12 345,6', 'ru-KZ'], ['en', '12,345.6', 'en-GB']] as const)('write numbers in %s as %s', (language, written, numbers) => {
    const bundle = bundleOf(language, 'size = { $size }\nrounded = { NUMBER($size, maximumFractionDigits: 1) }')
    const said = (id: string) => bundle.formatPattern(bundle.getMessage(id)?.value ?? '', { size: 12_345.6 }).replaceAll(/\s/g, ' ')
    expect([said('size'), said('rounded'), bundle.locales]).toEqual([written, written, [numbers]])
  })

  it('exist for every name that the page asks for', () => {
    const known = new Set(ids(source('kk')))
    const asked = sources(join(import.meta.dirname, '../src')).flatMap((text) =>
      [...text.matchAll(/\bt\('([a-z0-9_-]+)'/g)].map((match) => match[1] as string),
    )
    expect(asked.length).toBeGreaterThan(50)
    expect(asked.filter((id) => !known.has(id))).toEqual([])
  })

  it('exist for every family of names that the page puts together', () => {
    const known = ids(source('kk'))
    const families = sources(join(import.meta.dirname, '../src')).flatMap((text) =>
      [...text.matchAll(/\bt\(`([a-z0-9-]+)\$\{/g)].map((match) => match[1] as string),
    )
    for (const family of families) expect(known.some((id) => id.startsWith(family)), `a message begins with ${family}`).toBe(true)
  })

  it('never glue a Kazakh suffix to a number or a name', () => {
    const glued = [...source('kk').matchAll(/\{ \$([a-z_]+) \}[-’']?([а-яәғқңөұүһі]+)/gi)]
    // "3-мақсат" is how Kazakh writes "the third goal": the hyphen stands for the ending, and a whole noun follows.
    const ordinal = (match: RegExpExecArray) => match[1] === 'number' && NUMBERED.some((noun) => match[2]?.startsWith(noun)) && match[0].includes('}-')
    expect(glued.some(ordinal)).toBe(true)
    expect(glued.filter((match) => !ordinal(match)).map(([words]) => words)).toEqual([])
  })
})
