import * as A from '@automerge/automerge/slim'
import { beforeAll, describe, expect, it } from 'vitest'
import { mentionBefore, offered } from '../src/companion/mention'
import type { Asked, FeedbackAnswer, Post, Thread } from '../src/edit/kinds'
import type { Space } from '../src/data/types'
import type { Placed } from '../src/edit/order'
import { richAdapter } from '../src/rich/schema'
import { choicesOf, hasAnswered, keyOf } from '../src/screens/talk/feedback/whom'
import { lastHere, seenAt, turnsOf } from '../src/screens/talk/thread/order'
import { paragraphs } from '../src/screens/talk/written'
import { loadAutomerge } from './people'

beforeAll(loadAutomerge)

const post = (id: string, answers = '', at_ms = 0, person = id): Placed<Post> => ({ id, item: { order: '', answers, name: person, school: '', person, at_ms, text: id } })
const shape = (posts: Placed<Post>[]) => turnsOf(posts).map(({ id, answers }) => [id, ...answers.map((each) => each.id)].join(' '))

describe('the posts of a thread', () => {
  it('are read in their order, each with the answers to it under it, however deep', () => {
    expect(shape([post('a'), post('b'), post('c', 'a'), post('d', 'c'), post('e', 'b')])).toEqual(['a c d', 'b e'])
  })

  it('stand by themselves where what they answer is gone, or answers them in turn', () => {
    expect(shape([post('a', 'gone'), post('b', 'a')])).toEqual(['a b'])
    expect(shape([post('a', 'b'), post('b', 'a'), post('c')]).join(' ').split(' ').sort(), 'none is hidden').toEqual(['a', 'b', 'c'])
    expect(shape([post('a', 'a')])).toEqual(['a'])
  })

  it('were seen that stood there when one left, whenever the others were written', () => {
    const left = A.from({ posts: { old: post('old') } } as unknown as Record<string, unknown>, { actor: '00' })
    const apart = A.change(A.clone(left, { actor: '11' }), (draft) => void ((draft as unknown as Thread).posts['late'] = post('late', '', -1).item))
    const heads = A.getHeads(left)
    expect([...(seenAt(A.merge(A.clone(left), apart) as unknown as Thread, heads) ?? [])]).toEqual(['old'])
    expect(seenAt(left as unknown as Thread, A.getHeads(apart)), 'heads of what is not here').toBeUndefined()
  })

  it('say who wrote last, each person once', () => {
    const posts = [post('a', '', 10, 'x'), post('b', '', 30, 'y'), post('c', '', 40, 'x'), post('d', '', 20, 'z')]
    expect(lastHere(posts, 2).map(({ id }) => id)).toEqual(['c', 'b'])
  })

  it('keep the lines that were typed as paragraphs, and a script as words', () => {
    const doc = A.change(A.from({ text: '' }), (draft) => A.updateSpans(draft, ['text'], paragraphs('Бір\n\n  <script>alert(1)</script>\n'), richAdapter.updateSpansConfig()))
    expect(A.spans(doc, ['text']).map((span) => (span.type === 'text' ? span.value : String(span.value['type'])))).toEqual(['paragraph', 'Бір', 'paragraph', '<script>alert(1)</script>'])
  })
})

describe('whom one asks', () => {
  const space = (over: Partial<Space>): Space => ({
    id: 's', name: 's', private: false, standing: 'member', role: 'member',
    members: ['own', 'other'].map((id) => ({ school: { id, name: id }, role: 'member', nodes: [] })), ...over,
  })
  const people = [{ id: '1', name: 'Айгүл' }, { id: '2', name: 'Болат' }]

  it('are the other schools of the network and the people of our own, but not oneself', () => {
    expect(choicesOf(space({}), 'own', people, 'own/1').map(keyOf)).toEqual(['other', 'own/2'])
    expect(choicesOf(space({ private: true }), 'own', people, 'own/1').map(keyOf), 'what stays in the school').toEqual(['own/2'])
  })

  const asked = (over: Partial<Asked>): Asked => ({ order: '', name: 'Болат', school: '', person: '', ...over })
  const answer = (person: string, name = 'x'): FeedbackAnswer => ({ order: '', question: 'q', name, school: '', person, at_ms: 0, text: '' })

  it('have answered when that person has, anybody of that school, or somebody of that name', () => {
    expect(hasAnswered(asked({ person: 'own/2' }), [answer('own/2')])).toBe(true)
    expect(hasAnswered(asked({ person: 'own/2' }), [answer('own/3')])).toBe(false)
    expect(hasAnswered(asked({ school: 'other' }), [answer('other/9')])).toBe(true)
    expect(hasAnswered(asked({ school: 'other' }), [answer('others/9')])).toBe(false)
    expect(hasAnswered(asked({}), [answer('zz/1', 'Болат ')])).toBe(true)
    expect(hasAnswered(asked({}), [answer('zz/1', 'Айгүл')])).toBe(false)
  })
})

describe('a mention', () => {
  it('is begun by an "@" before the caret, and not inside a word', () => {
    expect(mentionBefore('Қараңызшы, @Ай')).toBe('Ай')
    expect(mentionBefore('@')).toBe('')
    expect(mentionBefore('aigul@mektep')).toBeUndefined()
    expect(mentionBefore('сөз')).toBeUndefined()
  })

  it('offers names by the beginning of any of their words, each once', () => {
    const names = ['Айгүл Сәрсенова', 'Болат Иманғалиев', 'Айгүл Сәрсенова', '  ']
    expect(offered(names, 'сәр')).toEqual(['Айгүл Сәрсенова'])
    expect(offered(names, '')).toEqual(['Айгүл Сәрсенова', 'Болат Иманғалиев'])
    expect(offered(names, 'рсен')).toEqual([])
    expect(offered(names, 'болат иманғалиев '), 'nothing more to offer once it stands there').toEqual([])
  })
})
