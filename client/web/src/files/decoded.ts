// Words out of the bytes of a text file, in the encodings that texts of our schools come in.

export type Encoding = 'utf-8' | 'utf-16' | 'windows'

export interface Decoded {
  text: string
  encoding: Encoding
}

/** What no text has. */
const NO_TEXT = /[^\P{Cc}\t\n\r\f\x1b]/u
/** Windows-1251 as Kazakh programs write it (KZ-1048): these letters stand in the place of those, which are Serbian, Belarusian and Ukrainian. */
const IN_1251 = 'ЌЋќћЎўЈҐЄЇґєјЅѕї'
const IN_KAZAKH = 'ҚҺқһҰұӘӨҒҮөғәҢңү'

/** `whole`: whether these are all bytes, or the first ones only, which may end within a letter. Nothing for what is no text. */
export function decoded(bytes: Uint8Array, whole: boolean): Decoded | undefined {
  for (const [encoding, label] of encodingsOf(bytes)) {
    const text = read(bytes, label, whole)
    if (text === undefined || NO_TEXT.test(text)) continue
    return { text: encoding === 'windows' ? text.replaceAll(/./gu, inKazakh) : text, encoding }
  }
  return undefined
}

const inKazakh = (letter: string): string => IN_KAZAKH[IN_1251.indexOf(letter)] ?? letter

function encodingsOf(bytes: Uint8Array): [Encoding, string][] {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return [['utf-16', 'utf-16le']]
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return [['utf-16', 'utf-16be']]
  return [['utf-8', 'utf-8'], ['windows', 'windows-1251']]
}

function read(bytes: Uint8Array, label: string, whole: boolean): string | undefined {
  try {
    return new TextDecoder(label, { fatal: true }).decode(bytes, { stream: !whole })
  } catch {
    return undefined
  }
}
