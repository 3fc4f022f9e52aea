import { describe, expect, it } from 'vitest'
import { decoded } from '../src/files/decoded'

const utf8 = (text: string) => new TextEncoder().encode(text)
const KAZAKH = 'Әр оқушыға өз жолы, ең үлкен ғылым – еңбек: құс, шаңғы, Һ'
/** As Python's `kz1048` writes it. */
const IN_WINDOWS = 'a3f020ee9df3f8fbbae020b4e720e6eeebfb2c20e5be20bfebeae5ed20bafbebfbec209620e5bee1e5ea3a209da2f12c20f8e0bebafb2c208e'
const bytesOf = (hex: string) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16))

describe('words in the bytes of a text file', () => {
  it('are read in UTF-8, also where the first bytes end within a letter', () => {
    expect(decoded(utf8(KAZAKH), true)).toEqual({ text: KAZAKH, encoding: 'utf-8' })
    const cut = utf8('Қазақша мәтін').subarray(0, 3)
    expect([decoded(cut, false)?.text, decoded(cut, false)?.encoding]).toEqual(['Қ', 'utf-8'])
    // The whole of a file does not end within a letter.
    expect(decoded(cut, true)?.encoding).toBe('windows')
  })

  it('are read in the encoding of old Kazakh programs, and said to be', () => {
    expect(decoded(bytesOf(IN_WINDOWS), true)).toEqual({ text: KAZAKH, encoding: 'windows' })
  })

  it('are read in UTF-16 with its mark', () => {
    expect(decoded(bytesOf('fffe9a043004'), true)).toEqual({ text: 'Қа', encoding: 'utf-16' })
    expect(decoded(bytesOf('feff049a0430'), true)).toEqual({ text: 'Қа', encoding: 'utf-16' })
  })

  it('are none where there are marks that no text has', () => {
    expect(decoded(bytesOf('89504e470d0a1a0a0000000d'), true)).toBeUndefined()
    expect(decoded(new Uint8Array(), true)).toEqual({ text: '', encoding: 'utf-8' })
  })
})
