import { NO_FACTS } from './nofacts'
import * as A from '@automerge/automerge/slim'
import { beforeAll, describe, expect, it } from 'vitest'
import { accept, readiness, repeated, takenBack, takeOutRepeated } from '../src/companion/accept'
import { fieldOfItem, maySuggest, placeOf, standing, textOf, type Place } from '../src/companion/anchor'
import { asOne, companionsOf } from '../src/companion/found'
import { stack } from '../src/companion/stack'
import type { DocumentInfo, Facts } from '../src/data/types'
import { said, type Suggestion } from '../src/edit/kinds'
import { setWord, word, writeText } from '../src/edit/paths'
import { takeBack } from '../src/edit/steps'
import { settle } from '../src/edit/values'
import { loadAutomerge } from './people'

beforeAll(loadAutomerge)

type Words = { kind: A.ImmutableString; mission: string; vision: string; goals: Record<string, { title: string }> }
const plan = (mission: string) => A.from<Words>({ kind: word('plan'), mission, vision: '', goals: { ab: { title: 'Оқу' } } })
const written = (doc: A.Doc<Words>, at: number, remove: number, insert: string, field = 'mission') =>
  A.change(A.clone(doc), (draft) => A.splice(draft, [field], at, remove, insert))
const on = (doc: A.Doc<Words>, words: string) => placeOf(doc, 'mission', doc.mission.indexOf(words), doc.mission.indexOf(words) + words.length)
const words = (doc: A.Doc<Words>, place: Place) => {
  const now = standing(doc, place)
  return now.is === 'here' ? now.words : now.is
}

describe('what is said about words', () => {
  it('stays with them whatever is written before, behind and inside', () => {
    let doc = plan('Біз бірге оқимыз')
    const place = on(doc, 'бірге')
    expect(place.quote).toBe('бірге')
    doc = written(doc, 0, 0, 'Мектепте: ')
    expect(words(doc, place)).toBe('бірге')
    doc = written(doc, doc.mission.indexOf('бірге') + 5, 0, 'міз')
    expect(words(doc, place), 'words right behind are not among them').toBe('бірге')
    doc = written(doc, doc.mission.indexOf('бірге'), 0, 'дәл ')
    expect(words(doc, place), 'nor words right before').toBe('бірге')
    doc = written(doc, doc.mission.indexOf('рге'), 0, '-')
    expect(words(doc, place)).toBe('бі-рге')
  })

  it('keeps to what is left when its first or last letters go', () => {
    const doc = plan('Біз бірге оқимыз')
    const place = on(doc, 'бірге')
    expect(words(written(doc, 4, 2, ''), place)).toBe('рге')
    expect(words(written(doc, 7, 2, ''), place)).toBe('бір')
    expect(words(written(doc, 2, 12, ''), place)).toBe('gone')
  })

  it('is about words no longer there when all of them go, also at the very beginning and end of a text', () => {
    const doc = plan('Біз бірге оқимыз')
    for (const phrase of ['Біз', 'бірге', 'оқимыз', 'Б']) {
      const place = on(doc, phrase)
      expect(words(written(doc, doc.mission.indexOf(phrase), phrase.length, ''), place), phrase).toBe('gone')
      expect(words(written(doc, 0, doc.mission.length, ''), place), `${phrase}, with all others`).toBe('gone')
    }
    expect(words(A.change(A.clone(doc), (draft) => { draft.mission = 'Басқа мәтін' }), on(doc, 'Біз')), 'another text at its place').toBe('gone')
  })

  it('does not cut a letter of two code units in half', () => {
    const doc = plan('жақсы 🙂 оқу')
    const place = on(doc, '🙂')
    expect(words(written(doc, 0, 0, 'өте '), place)).toBe('🙂')
    expect(words(doc, on(doc, 'жақсы 🙂'))).toBe('жақсы 🙂')
  })

  it('may be about a field, an item or the document as a whole', () => {
    const doc = plan('x')
    const whole = (field: string): Place => ({ field, from: '', to: '', quote: '' })
    expect(standing(doc, whole('')).is).toBe('document')
    expect(standing(doc, whole('mission')).is).toBe('whole')
    expect(standing(doc, whole('goals/ab')).is).toBe('whole')
    expect(standing(doc, whole('goals/cd')).is).toBe('gone')
    expect(fieldOfItem(doc, 'ab')).toBe('goals/ab')
    expect(fieldOfItem(doc, 'constructor')).toBeUndefined()
    expect(placeOf(doc, 'mission', 1, 1), 'no words chosen').toEqual(whole('mission'))
  })

  it('of a foreign program that names no text and no cursor does no harm', () => {
    const doc = plan('x')
    for (const field of ['kind', '__proto__/x', 'goals/ab', 'nowhere', 'goals/__proto__/title'])
      expect(words(doc, { field, from: '1@zz', to: 'x', quote: '' })).toBe('gone')
    expect(words(doc, { field: 'mission', from: '1@zz', to: '', quote: '' })).toBe('whole')
  })
})

const suggestion = (place: Place, instead: string): Suggestion => ({
  ...place, order: 'a0', instead, why: '', settled: 'open', settled_by: '', name: '', school: '', person: '', at_ms: 0,
})

describe('a suggestion', () => {
  it('puts its words in the place of those it was made for', () => {
    let doc = plan('Біз бірге оқимыз')
    const one = suggestion(on(doc, 'бірге'), 'қатар')
    doc = written(doc, 0, 0, 'Енді: ')
    expect(readiness(doc, one).is).toBe('ready')
    expect(A.change(doc, (draft) => accept(draft, one)).mission).toBe('Енді: Біз қатар оқимыз')
  })

  it('shows the words of now where they have changed meanwhile, and takes their place all the same', () => {
    const doc = plan('Біз бірге оқимыз')
    const one = suggestion(on(doc, 'бірге'), 'қатар')
    const theirs = written(doc, 7, 0, '-')
    expect(readiness(theirs, one)).toEqual({ is: 'changed', words: 'бір-ге' })
    expect(A.change(A.clone(theirs), (draft) => accept(draft, one)).mission).toBe('Біз қатар оқимыз')
    const gone = written(doc, 0, 16, '')
    expect(readiness(gone, one)).toEqual({ is: 'gone' })
    expect(A.change(gone, (draft) => accept(draft, one)).mission, 'nothing is written where nothing stands').toBe('')
  })

  it('accepted while somebody writes beside it keeps the words of both', () => {
    const doc = plan('Біз бірге оқимыз')
    const one = suggestion(on(doc, 'бірге'), 'қатар')
    const theirs = written(doc, 16, 0, ' әрі ойлаймыз')
    const ours = A.change(A.clone(doc), (draft) => accept(draft, one))
    expect(A.merge(ours, theirs).mission).toBe('Біз қатар оқимыз әрі ойлаймыз')
  })

  it('keeps the shape of the words around it', () => {
    let doc = A.change(plan(''), (draft) => {
      A.splice(draft, ['vision'], 0, 0, 'бірге оқимыз')
      A.mark(draft, ['vision'], { start: 0, end: 5, expand: 'both' }, 'strong', true)
    })
    const one = suggestion(placeOf(doc, 'vision', 0, 5), 'қатар')
    doc = A.change(doc, (draft) => accept(draft, one))
    expect(doc.vision).toBe('қатар оқимыз')
    expect(A.marks(doc, ['vision'])).toMatchObject([{ name: 'strong', start: 0, end: 5 }])
  })

  it('is not made for a field as a whole, nor over paragraphs', () => {
    expect(maySuggest({ field: 'mission', from: '', to: '', quote: '' })).toBe(false)
    expect(maySuggest({ field: 'vision', from: '1@a', to: '2@a', quote: 'бір\uFFFCекі' })).toBe(false)
    expect(maySuggest({ field: 'vision', from: '1@a', to: '2@a', quote: 'бір' })).toBe(true)
  })

  it('is for the whole text where no words are chosen in it', () => {
    const doc = plan('Біз бірге')
    expect(textOf(doc, { field: 'mission', from: '', to: '', quote: '' })).toEqual(on(doc, 'Біз бірге'))
    expect(textOf(doc, on(doc, 'Біз'))).toEqual(on(doc, 'Біз'))
    expect(maySuggest(textOf(doc, { field: 'goals/ab', from: '', to: '', quote: '' }))).toBe(false)
  })

  it('stays on one line where the words it is for did', () => {
    const doc = plan('Біз бірге')
    const one = suggestion(on(doc, 'бірге'), 'қатар\nтұрып')
    expect(A.change(doc, (draft) => accept(draft, one)).mission).toBe('Біз қатар тұрып')
  })
})

describe('a suggestion that was accepted and taken back', () => {
  const change = (doc: A.Doc<Words>, edits: readonly ((draft: object) => void)[]) => A.change(doc, (draft) => edits.forEach((edit) => edit(draft)))
  const acceptIt = (doc: A.Doc<Words>, one: Suggestion) => A.change(A.clone(doc), (draft) => accept(draft, one))
  const undone = (doc: A.Doc<Words>, of: A.Doc<Words>, since: A.Doc<Words>) => change(A.clone(doc), takeBack(doc, { before: A.getHeads(of), after: A.getHeads(since) }))

  it.each([
    ['Біз бірге оқимыз', 'бірге', 'қатар'],
    ['Біз бірге', 'бірге', 'қатар'],
    ['We bring together all', 'We bring together', 'We gather'],
    ['Біз бірге оқимыз', 'бірге', 'бірге әрі қызығып'],
    ['Біз бірге оқимыз', 'бірге', 'тек бірге'],
    ['аба', 'б', 'бббб'],
    ['оқу 🙂!', '🙂!', '🙃🙃'],
    ['Біз тек бірге оқимыз', 'тек бірге', 'бірге'],
    ['тек бірге', 'тек', ''],
    ['хаха', 'ха', ''],
    ['хахаха', 'ха', 'хи'],
  ])('knows so in "%s", "%s" to "%s", finds its place again, and can be accepted once more', (mission, quote, instead) => {
    const doc = plan(mission)
    const at = mission.lastIndexOf(quote)
    const one = suggestion(placeOf(doc, 'mission', at, at + quote.length), instead)
    const accepted = acceptIt(doc, one)
    expect(takenBack(accepted, one), 'its words stand').toBeUndefined()
    const back = undone(accepted, doc, accepted)
    expect(String(back.mission)).toBe(mission)
    const place = takenBack(back, one)
    expect(place).toMatchObject({ field: 'mission', quote })
    const again = { ...one, ...place }
    expect(readiness(back, again)).toEqual({ is: 'ready' })
    const twice = acceptIt(back, again)
    expect([String(twice.mission), takenBack(twice, again)]).toEqual([String(accepted.mission), undefined])
    expect(takenBack(undone(back, accepted, back), one), 'taken back, and done again').toBeUndefined()
  })

  it('is not taken back by who writes on in its words or beside them', () => {
    const doc = plan('Біз бірге оқимыз')
    const one = suggestion(on(doc, 'бірге'), 'қатар')
    const accepted = acceptIt(doc, one)
    for (const [at, remove, insert] of [[6, 0, '-'], [4, 5, ''], [4, 5, 'басқаша'], [0, 4, ''], [9, 0, ' бірге']] as const)
      expect(takenBack(written(accepted, at, remove, insert), one), `${at} ${remove} ${insert}`).toBeUndefined()
  })
})

describe('a suggestion that two accept apart', () => {
  type Companion = { suggestions: Record<string, Suggestion> }
  interface School {
    doc: ReturnType<typeof plan>
    companion: A.Doc<Companion>
  }
  const accepts = ({ doc, companion }: School): School => ({
    doc: A.change(A.clone(doc), (draft) => accept(draft, companion.suggestions['s']!)),
    companion: A.change(A.clone(companion), (draft) => {
      setWord(draft, ['suggestions', 's', 'settled'], 'accepted')
      writeText(draft, ['suggestions', 's', 'settled_by'], { at: 0, remove: 0, insert: 'Айгүл\n' })
    }),
  })
  const meet = (one: School, other: School): School => ({ doc: A.merge(A.clone(one.doc), other.doc), companion: A.merge(A.clone(one.companion), other.companion) })
  const item = ({ companion }: School) => companion.suggestions['s']!
  const repeatedAt = (school: School) => repeated(school.doc, item(school))
  const takesOut = (school: School): School => ({
    doc: A.change(A.clone(school.doc), (draft) => takeOutRepeated(draft, item(school))),
    companion: A.change(A.clone(school.companion), (draft) => settle(draft, ['suggestions', 's', 'settled'], 'accepted')),
  })
  function begin(mission: string, quote: string, instead: string): School {
    const doc = plan(mission)
    const given = { ...suggestion(on(doc, quote), instead), settled: word('open') }
    return { doc, companion: A.from({ suggestions: { s: given } } as unknown as Record<string, unknown>) as unknown as A.Doc<Companion> }
  }

  it.each([
    ['Біз бірге оқимыз', 'бірге', 'қатар', 'Біз қатар оқимыз'],
    ['Біз бірге', 'бірге', 'қатар', 'Біз қатар'],
    ['We bring together all', 'We bring together', 'We gather', 'We gather all'],
    ['Біз бірге оқимыз', 'бірге', 'бірге әрі қызығып', 'Біз бірге әрі қызығып оқимыз'],
    ['Біз бірге оқимыз', 'бірге', 'тек бірге', 'Біз тек бірге оқимыз'],
    ['аба', 'б', 'бббб', 'абббба'],
    ['оқу 🙂!', '🙂!', '🙃🙃', 'оқу 🙃🙃'],
  ])('has its words twice in "%s", "%s" to "%s", and once when either has taken the second out, or both', (mission, quote, instead, wanted) => {
    const school = begin(mission, quote, instead)
    const [one, other] = [accepts(school), accepts(school)]
    for (const each of [one, other]) expect([String(each.doc.mission), repeatedAt(each)]).toEqual([wanted, undefined])
    const [here, there] = [meet(one, other), meet(other, one)]
    expect(String(here.doc.mission)).not.toBe(wanted)
    expect(repeatedAt(there)).toEqual(repeatedAt(here))
    expect(repeatedAt(here)).toBeDefined()
    const done = takesOut(here)
    expect(String(done.doc.mission)).toBe(wanted)
    const both = meet(done, takesOut(there))
    expect([String(both.doc.mission), repeatedAt(both)]).toEqual([wanted, undefined])
    expect(said(item(both).settled_by).split('\n').filter(Boolean)).toEqual(['Айгүл', 'Айгүл'])
  })

  it('has them once too where three accepted it, and where somebody has written beside it', () => {
    const school = begin('Біз бірге оқимыз', 'бірге', 'қатар')
    const three = meet(meet(accepts(school), accepts(school)), accepts({ ...school, doc: written(school.doc, 16, 0, '!') }))
    expect(String(three.doc.mission)).toBe('Біз қатарқатарқатар оқимыз!')
    expect(String(takesOut(three).doc.mission)).toBe('Біз қатар оқимыз!')
  })

  it('is left as it is where the words only come out, or were changed since, or one has seen the other', () => {
    const shorter = begin('Біз бірге оқимыз', 'бірге оқимыз', 'оқимыз')
    const short = meet(accepts(shorter), accepts(shorter))
    expect([String(short.doc.mission), repeatedAt(short)]).toEqual(['Біз оқимыз', undefined])
    const school = begin('Біз бірге оқимыз', 'бірге', 'қатар')
    const twice = meet(accepts(school), accepts(school))
    const changed = { ...twice, doc: written(twice.doc, 6, 1, 'м') }
    expect([repeatedAt(twice) !== undefined, repeatedAt(changed)]).toEqual([true, undefined])
    const one = accepts(school)
    const doubled = { ...one, doc: written(one.doc, 9, 0, 'қатар') }
    expect([String(doubled.doc.mission), repeatedAt(doubled)], 'somebody wrote it so').toEqual(['Біз қатарқатар оқимыз', undefined])
  })
})

describe('two companions of one document', () => {
  const info = (id: string, over: Partial<DocumentInfo> = {}): DocumentInfo => ({
    id, space: 's', state: 'here', kind: 'companion', title: 'plan', facts: NO_FACTS, owner: { id: 'o', name: '' }, write_rule: 'everyone', can_write: true, changed_at: null, reached: 1, of: 1, waiting: 0, ...over,
  })
  const document = info('plan', { kind: 'plan', title: 'Жоспар' })

  it('are both found, the one with the smaller id first, and no other document', () => {
    const others = [info('c', { title: 'other' }), info('d', { space: 'elsewhere' }), info('e', { kind: 'thread' }), info('f', { state: 'coming' }), document]
    expect(companionsOf([info('b'), ...others, info('a')], document).map(({ id }) => id)).toEqual(['a', 'b'])
    const facts = (about: string): Facts => ({ ...NO_FACTS, about })
    expect(companionsOf([info('g', { title: 'plan', facts: facts('another') }), info('h', { title: '?', facts: facts('plan') })], document).map(({ id }) => id)).toEqual(['h'])
  })

  it('are read as one: each in its order, between the two by time', () => {
    const said = (id: string, at_ms: number) => ({ id, item: { at_ms } })
    const merged = asOne([[said('a', 10), said('b', 5), said('c', 40)], [said('x', 20), said('y', 30)], []])
    expect(merged.map(({ id }) => id)).toEqual(['a', 'b', 'x', 'y', 'c'])
  })
})

describe('cards beside a text', () => {
  const card = (id: string, wanted: number, height = 90) => ({ id, wanted, height })

  it('stand at their words where there is room, and below each other where there is none', () => {
    expect([...stack([card('a', 0), card('b', 20), card('c', 400)], undefined).values()]).toEqual([0, 100, 400])
  })

  it('make room for the chosen one, which stands at its words', () => {
    const tops = stack([card('a', 200), card('b', 220), card('c', 240)], 'b')
    expect([...tops.values()]).toEqual([120, 220, 320])
  })

  it('never leave the top', () => {
    expect([...stack([card('a', 0), card('b', 10)], 'b', 0).values()]).toEqual([0, 100])
  })
})
