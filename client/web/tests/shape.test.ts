import { ImmutableString } from '@automerge/automerge/slim'
import { expect, test } from 'vitest'
import { wellFormed } from '../src/edit/kinds/shape'

const word = (text: string) => new ImmutableString(text)
const meeting = () => ({
  kind: word('meeting'), schema: 2, title: 'Жиналыс', language: word('kk'), date: word(''), time: word(''), place: '', host: '', convenor: '',
  attendance: {}, agenda: {}, decisions: {}, tasks: {}, next_time: '', reflection: '',
})

test('a document has its form, also one from before its kind grew', () => {
  expect(wellFormed('meeting', meeting())).toBe(true)
  expect(wellFormed('meeting', { ...meeting(), files: {}, template: false })).toBe(true)
})

test('a number in the place of a collection, a map in the place of a text, and a part that is gone are seen', () => {
  const { agenda: _, ...without } = meeting()
  const { kind: _kind, ...kindless } = meeting()
  for (const wrong of [{ ...meeting(), agenda: 5 }, { ...meeting(), title: { a: 1 } }, { ...meeting(), tasks: word('x') }, { ...meeting(), tasks: [] }, without, kindless])
    expect(wellFormed('meeting', wrong)).toBe(false)
})

test('a document of a kind that this page does not know is not judged', () => {
  expect(wellFormed('kind-77', { anything: 1 })).toBe(true)
})
