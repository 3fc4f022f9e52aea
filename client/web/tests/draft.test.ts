// @vitest-environment jsdom
import { beforeEach, describe, expect, it } from 'vitest'
import { draftOf, fieldsOf, keepDraft, keepFields } from '../src/companion/draft'

beforeEach(() => localStorage.clear())

describe('a form that was begun', () => {
  it('is there again with all its fields, and is none without a word in it', () => {
    keepFields('new-thread/a', { title: 'Оқу', words: '' })
    expect(fieldsOf('new-thread/a')).toEqual({ title: 'Оқу', words: '' })
    expect(fieldsOf('new-thread/b')).toEqual({})
    keepFields('new-thread/a', { title: ' ', words: '' })
    expect(draftOf('new-thread/a')).toBe('')
  })

  it('that somebody else has written into this browser is none', () => {
    for (const kept of ['{', '"x"', 'null', '{"title":{"x":1}}']) {
      keepDraft('new-thread/a', kept)
      expect(fieldsOf('new-thread/a')).toEqual({})
    }
  })
})
