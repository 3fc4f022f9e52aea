import { describe, expect, it } from 'vitest'
import { isolated, listed } from '../src/locale/isolated'
import { locale, t } from '../src/locale/locale.svelte'

const TURNED = 'Жоспар\u202Etxt.exe'

describe('what people have written, within a sentence', () => {
  it('turns nothing around but itself', () => {
    expect(isolated(TURNED)).toBe(`\u2068${TURNED}\u2069`)
    expect(isolated('مدرسة № 5'), 'a name from right to left').toBe('\u2068مدرسة № 5\u2069')
    expect(isolated('\u2069\u202Eabc'), 'and does not end the isolation itself').toBe('\u2068\u202Eabc\u2069')
    expect(isolated('\u2067abc'), 'nor leave one open').toBe('\u2068\u2067abc\u2069\u2069')
    expect(isolated(isolated(TURNED)), 'a sentence within a sentence').toBe(`\u2068\u2068${TURNED}\u2069\u2069`)
    expect(listed([TURNED, 'Болат'])).toBe(`\u2068${TURNED}\u2069, Болат`)
  })

  it('is left as it is where it runs as the sentence does', () => {
    for (const words of ['', 'Мектеп № 12 «Тұлпар»', 'Әңгіме: 50 % – ₸', '🙂 école']) expect(isolated(words)).toBe(words)
  })

  it('is isolated by whoever says the sentence, and numbers are not', async () => {
    const kept = new Map<string, string>()
    Object.assign(globalThis, { localStorage: { setItem: (key: string, value: string) => kept.set(key, value) }, document: { documentElement: {} } })
    await locale.use('en')
    await locale.rooms()
    expect(t('history-since-version', { title: TURNED })).toBe(`Since version: \u2068${TURNED}\u2069`)
    expect(t('history-since-version', { title: 'Before the council' })).toBe('Since version: Before the council')
    expect(t('version-by', { name: TURNED, school: 'Тұлпар' })).toBe(`\u2068${TURNED}\u2069, Тұлпар`)
    expect(t('version-since', { count: 2 })).toBe('2 changes since')
  })
})
