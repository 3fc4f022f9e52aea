import { describe, expect, it } from 'vitest'
import { partsOfName } from '../src/parts/files/words'

const lines = (name: string) => partsOfName(name).words

describe('the name of a file', () => {
  it('breaks behind what holds its words together, and nowhere within one', () => {
    expect(lines('Сабақ_жоспары-7_сынып.docx')).toEqual(['Сабақ_', 'жоспары-', '7_', 'сынып'])
    expect(lines('Отчёт (итог)__v2.1, 12.03.2026.pdf')).toEqual(['Отчёт (итог)__', 'v2.1,', ' 12.03.2026'])
    expect(lines('archive.backup.zip')).toEqual(['archive.', 'backup'])
    expect(lines('Plan')).toEqual(['Plan'])
  })

  it('keeps its ending whole, and is all there when its parts are put together', () => {
    for (const name of ['Сабақ_жоспары.docx', '.profile', 'Plan', 'a.b', 'Notes for the head.txt', '№ 7.PDF', 'x'.repeat(90) + '.txt']) {
      const { words, isCut, ending } = partsOfName(name)
      expect([words.join('') + ending, isCut], name).toEqual([name, false])
    }
    expect(['Сабақ.docx', '.profile', 'Doc. Serik', 'Plan'].map((name) => partsOfName(name).ending)).toEqual(['.docx', '', '', ''])
  })

  it('is cut in its middle when nobody reads all of it: by the end the copies of a file differ', () => {
    const { words, isCut, ending } = partsOfName(`${'Қабырға газеті '.repeat(20)}(копия 2).docx`)
    expect([isCut, words.join(''), ending]).toEqual([true, 'Қабырға газеті '.repeat(4) + 'Қабырға ', 'газеті (копия 2).docx'])
    const smiles = partsOfName(`${'😀'.repeat(200)}.png`)
    expect([smiles.words.join('').length, smiles.ending], 'through a word only where it is one, and never through a letter').toEqual([148, `${'😀'.repeat(16)}.png`])
  })
})
