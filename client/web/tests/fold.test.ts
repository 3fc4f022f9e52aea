import { describe, expect, it } from 'vitest'
import { finder, fold, namedIn } from '../src/locale/fold'

const found = (query: string, text: string): boolean => finder(query)(text)

describe('looking for words', () => {
  it('finds a word with any suffix, in any case, and each of several words anywhere', () => {
    expect(found('жоспар', 'Біздің ЖОСПАРЛАРЫМЫЗДА')).toBe(true)
    expect(found('даму мектеп', 'Мектептің даму жоспары')).toBe(true)
    expect(found('даму есеп', 'Мектептің даму жоспары')).toBe(false)
  })

  it('finds a stem whose last letter changes before a suffix', () => {
    expect(found('мектеп', 'Бірлік мектебінде')).toBe(true)
    expect(found('тілек', 'Оқушының тілегі')).toBe(true)
    expect(found('мектеп', 'Мекен')).toBe(false)
  })

  it('finds Kazakh words typed with Russian letters, and with the Latin i', () => {
    expect(found('корганыс', 'Қорғаныс')).toBe(true)
    expect(found('енбек', 'Еңбек жоспары')).toBe(true)
    expect(found('бiрлiк', 'Бірлік')).toBe(true)
    expect(found('plan', 'Development plan')).toBe(true)
    expect(found('қора', 'Кора'), 'either way').toBe(true)
  })

  it('does not stumble over marks that nobody sees, emoji, and signs of patterns', () => {
    expect(found('жоспар', 'жос\u00adпар\u200f')).toBe(true)
    expect(found('🙂', 'Кездесу 🙂')).toBe(true)
    expect(found('.*(', 'Жоспар')).toBe(false)
    expect(found('   ', 'Жоспар'), 'nothing typed fits all').toBe(true)
  })

  it('leaves Latin words as they are', () => {
    expect(fold('Minutes')).toBe('minutes')
  })
})

describe('a name in words', () => {
  it('is there when all of it is, in any order, among others', () => {
    expect(namedIn('Сәрсенова Айгүл, Болат', 'Айгүл Сәрсенова')).toBe(true)
    expect(namedIn('Айгүл', 'Айгүл Сәрсенова')).toBe(false)
    expect(namedIn('Айгүлмен бірге', 'Айгүл'), 'a part of a word is no name').toBe(false)
    expect(namedIn('', '')).toBe(false)
  })
})
