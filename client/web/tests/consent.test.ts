// @vitest-environment jsdom
import { describe, expect, it } from 'vitest'
import { locale } from '../src/locale/locale.svelte'
import { consentFrom, consentWords, keptConsent, type Consent } from '../src/screens/notebook/consent'

describe('consent', () => {
  const AT = Date.parse('2025-11-20T10:15')
  const others: Consent = { about: 'others', words: 'Болат келісті,\n20 қараша', at: AT, schools: 12 }
  const me: Consent = { about: 'me', words: '', at: AT, schools: 1 }

  it('is kept as codes with the words of its author, and read back', () => {
    for (const consent of [others, me]) expect(consentFrom(keptConsent(consent))).toEqual(consent)
    expect(keptConsent({ ...me, words: 'written and then not meant' })).toBe(`me at:${AT} schools:1`)
  })

  it('is shown in the language of whoever reads it, with the moment and how many could read', async () => {
    for (const [language, about, when] of [['kk', 'Мұнда тек өзім туралы жазылған.', 'қараша'], ['ru', 'Здесь написано только обо мне.', 'ноября'], ['en', 'This is about nobody but me.', 'November']] as const) {
      await Promise.all([locale.use(language), locale.rooms()])
      const [mine, theirs] = [me, others].map((consent) => consentWords(keptConsent(consent))) as [string, string]
      expect(mine).toContain(about)
      expect(mine).toContain(when)
      expect(theirs).toContain('Болат келісті,\n20 қараша')
      expect(theirs).toContain('12')
    }
  })

  it('that was kept as a sentence stays that sentence', () => {
    for (const sentence of ['This is about nobody but me.', 'Болат, 20 қараша', 'me and Bolat', '']) {
      expect(consentFrom(sentence)).toBeUndefined()
      expect(consentWords(sentence)).toBe(sentence)
    }
  })
})
