import { describe, expect, it } from 'vitest'
import { FILE_NAME_BYTES, FILE_NAME_LETTERS } from '../src/files/limits'
import { safeName } from '../src/files/name'
import type { MediaType } from '../src/files/type'
import { dice } from './samples'

const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'
const TYPES: (MediaType | undefined)[] = [undefined, 'image/jpeg', 'application/pdf', 'text/plain', 'text/html', 'application/zip', 'application/octet-stream', 'application/x-ole-storage', DOCX]

describe('the name of a file', () => {
  it.each(['Сабақ жоспары (7-сынып).docx', 'Әңгіме, ұғым, өлең, үй, іс.txt', 'Ёлка №5.jpg', 'Doc. Серік', 'план—2026_v2.final.pdf', '👩‍🏫 сабақ ❤️.png', "O'Brien & Co.pdf", 'README'])(
    'stays as it is where it is good: %s', (name) => expect(safeName(name)).toBe(name))

  it.each([
    ['../../etc/passwd', '_.._etc_passwd'],
    ['C:\\Windows\\notes.txt', 'C__Windows_notes.txt'],
    ['a<b>c:d"e|f?g*h.txt', 'a_b_c_d_e_f_g_h.txt'],
    ['photo\u202egpj.exe', 'photogpj.exe'],
    ['\u2066a\u2069\u200f\u200e\u061c\u2028b\ufeff.pdf', 'a b.pdf'],
    ['line\nbreak\tand\0nul.txt', 'line break and_nul.txt'],
    ['photo.jpg                    .exe', 'photo.jpg.exe'],
    ['.htaccess', 'htaccess'],
    [' .. . name.txt. . ', 'name.txt'],
    ['CON', '_CON'],
    ['con .tar.gz', '_con .tar.gz'],
    ['Lpt1.txt', '_Lpt1.txt'],
    ['console.txt', 'console.txt'],
    ['COM10.txt', 'COM10.txt'],
    ['', '_'],
    ['...', '_'],
    ['\u202e', '_'],
    ['й и\u0306.txt', 'й й.txt'],
    ['e\u200b\u0301.txt', 'é.txt'],
    ['ab\u200d\ufe0f.txt', 'ab.txt'],
    ['half \ud83d.txt', 'half _.txt'],
  ])('%j is %s', (name, safe) => expect(safeName(name)).toBe(safe))

  it('keeps its extension when it is cut, in letters and in bytes', () => {
    expect(safeName(`${'ұ'.repeat(300)}.docx`)).toBe(`${'ұ'.repeat(115)}.docx`)
    expect(safeName(`${'語'.repeat(300)}.docx`)).toBe(`${'語'.repeat(78)}.docx`)
    expect(safeName(`${'a'.repeat(115)} .. b.docx`)).toBe(`${'a'.repeat(115)}.docx`)
    expect(safeName('👩'.repeat(100)), 'no half of a letter').toBe('👩'.repeat(60))
  })

  it('is soon made safe however long it was', () => {
    const begun = Date.now()
    for (const piece of ['.', ' ', '. ', '/', '\u202e', '.exe', 'con', '👩\u200d']) expect(safeName(`a${piece.repeat(300_000)}b.txt`)).toMatch(/^a.*\.txt$/u)
    expect(Date.now() - begun).toBeLessThan(10_000)
  })

  it('does not become a program by being cut', () => {
    const name = `${'a'.repeat(FILE_NAME_LETTERS - 4)}.exe and so on`
    expect(safeName(name, 'application/octet-stream')).toMatch(/a\.bin$/)
  })
})

describe('an extension', () => {
  it.each<[string, MediaType]>([
    ['photo.JPG', 'image/jpeg'], ['photo.jpeg', 'image/jpeg'], ['page.html', 'text/html'], ['drawing.svg', 'image/svg+xml'], ['клип.mov', 'video/quicktime'],
    ['сынып.doc', 'application/x-ole-storage'], ['құпия.docx', 'application/x-ole-storage'], ['сынып.doc', 'application/rtf'], ['бағалар.xls', 'text/html'],
    ['жоспар.docx', 'application/zip'], ['жоспар.docm', DOCX], ['үшбұрыш.ggb', 'application/zip'], ['ойын.sb3', 'application/zip'], ['сабақ.notebook', 'application/zip'],
    ['main.cpp', 'text/plain'], ['list.csv', 'text/plain'], ['кітап.fb2', 'application/xml'], ['ескі.txt', 'application/octet-stream'], ['сурет.psd', 'application/octet-stream'], ['README', 'application/octet-stream'],
    ['Есеп 12.05.2026', 'application/octet-stream'],
  ])('that goes with what was found stays: %s, %s', (name, type) => expect(safeName(name, type)).toBe(name))

  it.each<[string, MediaType, string]>([
    ['photo.jpg', 'image/png', 'photo.jpg.png'],
    ['setup.exe', 'application/pdf', 'setup.exe.pdf'],
    ['letter.pdf', 'application/zip', 'letter.pdf.zip'],
    ['app.jar', 'application/zip', 'app.jar.zip'],
    ['IMG_2041', 'image/jpeg', 'IMG_2041.jpg'],
    ['Doc. Серік', DOCX, 'Doc. Серік.docx'],
    ['Есеп 12.05.2026', DOCX, 'Есеп 12.05.2026.docx'],
    ['photo.heic', 'image/jpeg', 'photo.heic.jpg'],
    ['photo.jpg', 'application/octet-stream', 'photo.jpg.bin'],
    ['setup.exe', 'application/octet-stream', 'setup.exe.bin'],
    ['SETUP.EXE. ', 'application/octet-stream', 'SETUP.EXE.bin'],
    ['setup.msi', 'application/x-ole-storage', 'setup.msi.bin'],
    ['CON', 'image/jpeg', '_CON.jpg'],
    ['', 'image/jpeg', '_.jpg'],
  ])('that contradicts it gets the right one behind it: %s, %s', (name, type, safe) => expect(safeName(name, type)).toBe(safe))

  it.each<[string, MediaType]>([['photo.jpg', 'text/html'], ['photo.jpg', 'image/svg+xml'], ['photo.png', 'application/xml'], ['page', 'text/html'], ['run.bat', 'text/plain'], ['page.html', 'text/plain'], ['notes', 'text/plain'], ['x.hta', 'text/html']])(
    'makes nothing run that was named otherwise: %s, %s', (name, type) => expect(safeName(name, type)).toBe(`${name}.txt`))
})

describe('whatever a name is made of', () => {
  const PIECES = ['a', 'Ұ', 'й', 'и\u0306', '語', '👩', '👩‍🏫', '\u200d', '\ufe0f', '\u200b', '\u0301', '.', '..', ' ', '\u00a0', '/', '\\', ':', '\0', '\n', '\u202e', '\u2066', '\u061c', '\ud83d', '\udc00', 'con', 'nul', 'com1', '$', '.exe', '.jpg', '.html', '.txt', '\ue000', '\ufffe', '\u037e', '<\u0338', '©', '1', '٣', 'x'.repeat(50), 'ұ'.repeat(60), '語'.repeat(40)]
  it('it is safe, of safe length, and the same when it is made safe again', () => {
    for (let seed = 1; seed <= 20_000; seed += 1) {
      const roll = dice(seed)
      const name = Array.from({ length: roll(12) }, () => PIECES[roll(PIECES.length)]).join('')
      const type = TYPES[roll(TYPES.length)]
      const safe = safeName(name, type)
      const why = `seed ${seed}: ${JSON.stringify(name)}, ${type}: ${JSON.stringify(safe)}`
      expect(safe, why).toMatch(/^[^. ]/)
      expect(safe, why).toMatch(/[^. ]$/)
      expect(safe, why).not.toMatch(/[<>:"/\\|?*\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]/u)
      expect(safe, why).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d) *(\.|$)/i)
      expect(safe, why).toBe(safe.normalize('NFC'))
      expect(safe.length, why).toBeLessThanOrEqual(FILE_NAME_LETTERS)
      expect(new TextEncoder().encode(safe).length, why).toBeLessThanOrEqual(FILE_NAME_BYTES)
      expect(safeName(safe, type), why).toBe(safe)
      if (type !== undefined) expect(safe, why).not.toMatch(/\.exe$/)
      if (type === 'text/html' && !/html\P{L}*$/iu.test(name)) expect(safe, why).not.toMatch(/html$/)
    }
  })
})
