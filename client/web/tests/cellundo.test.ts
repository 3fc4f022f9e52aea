import { describe, expect, it } from 'vitest'
import { CellUndo } from '../src/edit/cellundo'
import { apply, type Splice } from '../src/edit/splice'

/** A field in which one types while others write in it too. */
class Field {
  words: string
  readonly undo = new CellUndo()
  now = 0
  constructor(words = '') {
    this.words = words
  }
  type(at: number, text: string, pause = 100): void {
    for (const [index, letter] of [...text].entries()) {
      this.now += index === 0 ? pause : 100
      this.write({ at: at + index, remove: 0, insert: letter })
    }
  }
  write(edit: Splice): void {
    this.undo.wrote(edit, this.words, this.now)
    this.words = apply(this.words, edit)
  }
  theirs(edit: Splice): void {
    this.undo.theirs(edit)
    this.words = apply(this.words, edit)
  }
  back(): string {
    this.words = this.undo.undo(this.words)?.reduce(apply, this.words) ?? this.words
    return this.words
  }
  again(): string {
    this.words = this.undo.redo(this.words)?.reduce(apply, this.words) ?? this.words
    return this.words
  }
}

describe('Ctrl+Z in a field', () => {
  it('takes back a word at a time, and gives it again', () => {
    const field = new Field('Жоспар: ')
    field.type(8, 'екі мақсат')
    expect(field.back()).toBe('Жоспар: екі')
    expect(field.back()).toBe('Жоспар: ')
    expect(field.back()).toBe('Жоспар: ')
    expect(field.again()).toBe('Жоспар: екі')
    expect(field.again()).toBe('Жоспар: екі мақсат')
    expect(field.again()).toBe('Жоспар: екі мақсат')
  })

  it('takes back its own words and leaves those of others, wherever they were put', () => {
    const field = new Field('бір үш')
    field.type(3, ' екі')
    field.theirs({ at: 0, remove: 0, insert: 'НӨЛ ' })
    field.theirs({ at: field.words.length, remove: 0, insert: ' ТӨРТ' })
    field.theirs({ at: field.words.indexOf('екі') + 1, remove: 0, insert: '-' })
    expect(field.words).toBe('НӨЛ бір е-кі үш ТӨРТ')
    expect(field.back().replace('-', '')).toBe('НӨЛ бір үш ТӨРТ')
    expect(field.again().replace('-', '')).toBe('НӨЛ бір екі үш ТӨРТ')
  })

  it('puts back what one has removed where it was, after others wrote before it', () => {
    const field = new Field('бір екі үш')
    field.write({ at: 4, remove: 4, insert: '' })
    field.theirs({ at: 0, remove: 0, insert: 'нөл ' })
    expect(field.back()).toBe('нөл бір екі үш')
  })

  it('passes over what others have removed already', () => {
    const field = new Field()
    field.type(0, 'бір')
    field.type(3, ' екі', 5_000)
    field.theirs({ at: 3, remove: 4, insert: '' })
    expect(field.words).toBe('бір')
    expect(field.back()).toBe('')
  })

  it('forgets what was taken back once something new is typed', () => {
    const field = new Field()
    field.type(0, 'бір')
    field.back()
    field.type(0, 'екі', 5_000)
    expect(field.again()).toBe('екі')
    expect(field.back()).toBe('')
  })
})
