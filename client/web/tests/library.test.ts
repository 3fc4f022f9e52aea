import { describe, expect, it } from 'vitest'
import { languagesOf, shownIn, toldTo, type SomeMaterial } from '../src/edit/kinds'
import { fieldsOf, itemFields } from '../src/edit/kinds/shape'
import { CATEGORIES } from '../src/edit/kinds/library'
import { linkable, linkedWords, mayOpen } from '../src/edit/linked'
import { word } from '../src/edit/paths'
import { parseRoute } from '../src/route'
import { filesBy, seeker } from '../src/screens/library/seeking'
import { linksTo } from '../src/screens/library/used'

const visits: SomeMaterial = { category: word('guide'), title_kk: 'Сабаққа қатысу', title_ru: '', title_en: 'Visiting lessons', about_kk: '', about_ru: 'Три вопроса после урока', about_en: '', source: 'Bolashak' }
const form: SomeMaterial = { category: 'form', title_ru: 'Бланк наблюдения' }

describe('a material', () => {
  it('is shown in the language of whoever reads it, and where it has none in another', () => {
    expect([shownIn(visits, 'title', 'en'), shownIn(visits, 'title', 'ru'), shownIn(visits, 'about', 'kk')]).toEqual(['en', 'kk', 'ru'])
    expect([toldTo(visits, 'title', 'ru'), toldTo(visits, 'about', 'en')]).toEqual(['Сабаққа қатысу', 'Три вопроса после урока'])
    expect(languagesOf(visits)).toEqual(['kk', 'ru', 'en'])
  })

  it('that says nothing yet is written in the language of whoever writes', () => {
    expect([shownIn({}, 'title', 'ru'), toldTo({}, 'title', 'ru'), languagesOf({ title_kk: '  ' })]).toEqual(['ru', '', []])
  })

  it('has the categories of the schema, the first where a program says another', () => {
    const field = itemFields('library', 'materials').find(({ name }) => name === 'category')
    expect(field).toMatchObject({ holds: 'one_of', values: [...CATEGORIES] })
    expect(fieldsOf('library').map(({ name }) => name)).toContain('files')
  })
})

describe('looking among materials', () => {
  const finds = (words: string, category?: 'guide' | 'form') => [visits, form].filter((each) => seeker({ words, category })(each, each === form ? ['Бақылау.pdf'] : []))

  it('finds words in any language, with a stem that changes and on any keyboard', () => {
    expect(finds('visiting')).toEqual([visits])
    expect(finds('вопроса')).toEqual([visits])
    expect(finds('сабак')).toEqual([visits])
    expect(finds('')).toEqual([visits, form])
    expect(finds('nothing')).toEqual([])
  })

  it('finds what it is from and what its files are called', () => {
    expect(finds('bolashak')).toEqual([visits])
    expect(finds('бақылау.pdf')).toEqual([form])
  })

  it('keeps to a category', () => {
    expect([finds('', 'form'), finds('visiting', 'form')]).toEqual([[form], []])
  })

  it('tells the files of each material apart', () => {
    const by = filesBy({ a: { at: word('materials/m'), name: 'A.pdf', note: 'a' }, b: { at: 'materials/n', name: 'B.pdf' }, c: undefined })
    expect([by.get('materials/m'), by.get('materials/n')]).toEqual([['A.pdf', 'a'], ['B.pdf', '']])
  })
})

describe('links', () => {
  const content = { materials: { m: { order: 'a0', title_kk: 'Нұсқаулық', title_ru: 'Пособие', about_ru: 'Для всех' }, n: { order: 'a1' } } }

  it('lead to a material, in the words of whoever reads', () => {
    expect(linkable('library', 'doc', content, 'ru')).toEqual([{ link: 'doc/materials/m', collection: 'materials', words: 'Пособие\nДля всех' }])
    expect(linkedWords('library', 'doc/materials/m', content, 'kk')).toBe('Нұсқаулық\nДля всех')
    expect(linkedWords('library', 'doc/materials/gone', content, 'kk')).toBeUndefined()
  })

  it('are found in another document, whole ones and those to an item', () => {
    const notebook = { evidence: { e: { link: 'doc/materials/m', title: 'doc' } }, pieces: { p: { link: 'doc2' } }, list: ['doc'] }
    expect([...linksTo(notebook, 'doc')].sort()).toEqual(['doc', 'doc/materials/m'])
    expect([...linksTo(notebook, 'do')]).toEqual([])
    expect([...linksTo('doc/materials/m', 'doc')]).toEqual(['doc/materials/m'])
  })

  it('open an address only where it is kept from others on its way', () => {
    expect(['https://a.kz', 'http://a.kz', 'javascript:alert(1)', 'doc'].map((link) => mayOpen(link, 'https'))).toEqual([true, false, false, false])
    expect(mayOpen('http://a.kz', 'all')).toBe(true)
  })
})

it('the library is a room of the page', () => {
  expect(parseRoute('/library')).toEqual({ screen: 'room', room: 'library' })
})
