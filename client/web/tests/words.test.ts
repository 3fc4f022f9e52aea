import { readFileSync, readdirSync, existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { Locale } from '../src/locale/locale.svelte'

const SRC = join(import.meta.dirname, '../src')
const LOCALES = join(import.meta.dirname, '../../locales/kk')

/** The files of the first load, as the globs name them. */
const FIRST = /\{([a-z,]+)\}/.exec(readFileSync(join(SRC, 'locale/words/kk.ts'), 'utf8'))?.[1]?.split(',') ?? []
const ids = (file: string): string[] => [...readFileSync(join(LOCALES, file), 'utf8').matchAll(/^([a-z][a-z0-9_-]*) *=/gm)].map((match) => match[1] as string)

/** What the page holds before its first paint: all that main.ts imports, but not what it asks for with `import()`. */
function firstPaint(): Map<string, string> {
  const found = new Map<string, string>()
  const visit = (path: string): void => {
    const file = [path, `${path}.ts`].find((each) => existsSync(each) && !readdirSync(dirname(each), { withFileTypes: true }).some((entry) => entry.isDirectory() && join(dirname(each), entry.name) === each)) ?? join(path, 'index.ts')
    if (found.has(file) || !/\.(ts|svelte)$/.test(file) || !existsSync(file)) return
    const source = readFileSync(file, 'utf8')
    found.set(file, source)
    for (const [, from] of source.matchAll(/^\s*(?:import|export)\s(?!type)[^;]*?from '(\.[^']+)'/gm)) visit(resolve(dirname(file), from as string))
  }
  visit(join(SRC, 'main.ts'))
  return found
}

describe('the words of the first load', () => {
  it('are all that the page says before it asks for more', () => {
    const known = new Set(FIRST.flatMap((name) => ids(`${name}.ftl`)))
    const files = firstPaint()
    expect([...files.keys()].some((file) => file.endsWith('Home.svelte'))).toBe(true)
    expect([...files.keys()].filter((file) => file.includes('automerge') || file.endsWith('Dialog.svelte')), 'and nothing of documents comes with it').toEqual([])
    for (const [file, source] of files) {
      const asked = [...source.matchAll(/\bt\('([a-z0-9_-]+)'/g)].map((match) => match[1] as string)
      expect(asked.filter((id) => !known.has(id)), file).toEqual([])
      const families = [...source.matchAll(/\bt\(`([a-z0-9-]+)\$\{/g)].map((match) => match[1] as string)
      for (const family of families) expect([...known].some((id) => id.startsWith(family)), `${family}… in ${file}`).toBe(true)
    }
  })

  it('are the same files in each language, and the second load has all others', () => {
    for (const language of ['kk', 'ru', 'en'])
      for (const load of ['', '.rooms']) {
        const source = readFileSync(join(SRC, `locale/words/${language}${load}.ts`), 'utf8')
        expect(source.replaceAll(`/${language}/`, '/kk/')).toBe(readFileSync(join(SRC, `locale/words/kk${load}.ts`), 'utf8'))
      }
    expect(/\{([a-z,]+)\}/.exec(readFileSync(join(SRC, 'locale/words/kk.rooms.ts'), 'utf8'))?.[1]?.split(',')).toEqual(FIRST)
  })
})

describe('the page', () => {
  beforeEach(() => {
    vi.stubGlobal('document', { documentElement: {} })
    vi.stubGlobal('localStorage', { getItem: () => 'kk', setItem: () => undefined })
  })

  it('knows the words of the rooms once they were asked for, and in the next language from the start', async () => {
    const locale = new Locale()
    await locale.start()
    expect(locale.has('rail-home')).toBe(true)
    expect(locale.has('finding-title')).toBe(false)
    await locale.rooms()
    expect(locale.format('finding-title')).toBe('Табу және өту')
    await locale.use('ru')
    expect(locale.format('finding-title')).toBe('Найти и перейти')
  })

  it('has them also when the language is chosen while they are on their way', async () => {
    const locale = new Locale()
    await locale.start()
    await Promise.all([locale.use('en'), locale.rooms()])
    expect(locale.format('finding-title')).toBe('Find and go')
    expect(locale.language).toBe('en')
  })

  it('speaks the language of a document beside its own', async () => {
    const locale = new Locale()
    await locale.start()
    const say = await locale.wordsIn('ru')
    expect([say('kind-plan'), locale.format('kind-plan')]).toEqual(['план развития школы', 'мектептің даму жоспары'])
  })
})
