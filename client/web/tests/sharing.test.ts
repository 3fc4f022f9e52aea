import * as A from '@automerge/automerge/slim'
import { beforeAll, describe, expect, it } from 'vitest'
import type { NamedFile, Notebook } from '../src/edit/kinds'
import { blank, fieldsOf } from '../src/edit/kinds/shape'
import { newId, ordered } from '../src/edit/order'
import { addItem, word, writeText } from '../src/edit/paths'
import { writeInPortions } from '../src/rich/portions'
import { richAdapter } from '../src/rich/schema'
import type { TextHandle } from '../src/rich/sync'
import { copiesOf, note, writeCopy } from '../src/screens/notebook/copying'
import { mayGo, secretsOf } from '../src/screens/notebook/manner'
import { namesIn, replaced } from '../src/screens/notebook/names'
import { agreement } from '../src/screens/notebook/renewal'
import { gist, nothing, partsOf, placesIn, prepare, type Manner, type Part } from '../src/screens/notebook/sharing'
import type { DocumentInfo, Space } from '../src/data/types'
import { loadAutomerge } from './people'

beforeAll(loadAutomerge)

const PERSON = 'bd32fcb508a29389d8cc41507d14049c'
const SCHOOL = '966061824d604771c0f69db9f7e46626'
const PRIVATE = '2zv23PrwzbnxmaNjthu6ezz6Y9Be'
const NAMES = ['Айгүл Сәрсенова', 'aigul']
const PSEUDONYM = 'Дала мұғалімі'

class Held implements TextHandle {
  #doc: A.Doc<Notebook>
  constructor(actor: string) {
    const empty = Object.fromEntries(fieldsOf('notebook').map(({ name, holds }) => [name, holds === 'items' ? {} : holds === 'bool' ? false : holds === 'text' || holds === 'rich' ? '' : word('')]))
    this.#doc = A.from({ ...empty, kind: word('notebook'), schema: 1 } as unknown as Notebook & Record<string, unknown>, { actor }) as A.Doc<Notebook>
  }
  doc = () => this.#doc
  get notebook(): Notebook {
    return this.#doc
  }
  change = (edit: (draft: object) => void) => void (this.#doc = A.change(this.#doc, edit as (draft: Notebook) => void))
  edit(edit: (draft: Notebook) => void): void {
    this.#doc = A.change(this.#doc, edit)
  }
  on = () => undefined
  off = () => undefined
  add(collection: string, given: Record<string, unknown>): string {
    const id = newId()
    this.edit((draft) => {
      const shown = ordered((draft as unknown as Record<string, Record<string, unknown>>)[collection])
      addItem(draft, [collection], id, blank('notebook', collection, given), shown, shown.length)
    })
    return id
  }
  /** All that its bytes hold, history with it, as one text. */
  all(): string {
    return A.getAllChanges(this.#doc)
      .map((change) => JSON.stringify(A.decodeChange(change)))
      .join('\n')
  }
  /** The plain form, as the node tells it. */
  plain(): Record<string, unknown> {
    return JSON.parse(JSON.stringify(this.#doc)) as Record<string, unknown>
  }
}

const pseudonymous = (notebook: Notebook, chosen: readonly Part[], more: Partial<Manner> = {}): Manner => ({
  signature: PSEUDONYM,
  names: NAMES,
  replace: new Set(placesIn(notebook, chosen, NAMES).map(({ key }) => key)),
  secrets: [PRIVATE, `${SCHOOL}/${PERSON}`, PERSON],
  linkStays: () => true,
  idOf: () => newId(),
  ...more,
})

/** A generator of numbers that a failed run can be repeated with. */
function dice(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state * 1103515245 + 12345) % 2147483648
    return Math.floor((state / 2147483648) * below)
  }
}

/** A private notebook in which every part bears a word of its own, and the author's name and ids stand wherever the dice put them. */
function filled(seed: number): { held: Held; marks: Map<string, string> } {
  const roll = dice(seed)
  const held = new Held('aa')
  const marks = new Map<string, string>()
  const spice = () => ['Айгүлге', 'АЙГҮЛ СӘРСЕНОВА', 'Сәрсенованың', PRIVATE, PERSON, `https://x.kz/documents/${PRIVATE}`, 'бүгін 👩‍🏫', '‮теріс'][roll(8)] ?? ''
  const words = (mark: string) => Array.from({ length: 1 + roll(4) }, spice).concat(mark).sort(() => roll(3) - 1).join(' ')
  held.edit((draft) => {
    writeText(draft, ['title'], { at: 0, remove: 0, insert: 'Айгүлдің құпия дәптері' })
    writeText(draft, ['focus'], { at: 0, remove: 0, insert: 'құпия-фокус' })
    writeText(draft, ['partners'], { at: 0, remove: 0, insert: 'құпия-серіктес' })
    draft.person = word(`${SCHOOL}/${PERSON}`)
    draft.pattern = word('enquiry')
  })
  const marked = (key: string) => {
    const mark = `белгі${marks.size}белгі`
    marks.set(key, mark)
    return mark
  }
  const rich = (path: string[], text: string) =>
    writeInPortions(richAdapter, held, path, [
      { type: 'block', value: { type: word('heading'), parents: [], attrs: { level: 2, hidden: 'құпия-қасиет' }, isEmbed: false } },
      { type: 'text', value: text.slice(0, 5), marks: { strong: true, comment: 'құпия-пікір' } },
      { type: 'text', value: text.slice(5), marks: { link: JSON.stringify({ href: `https://school.kz/${['aigul', 'sabaq', PRIVATE][roll(3)]}`, title: 'құпия-сілтеме' }) } },
    ])
  const steps: string[] = []
  for (let count = 0; count < 4; count += 1) {
    const id = held.add('steps', { guide: word('enquiry-plan'), title: `Қадам ${count}` })
    steps.push(id)
    rich(['steps', id, 'text'], words(marked(`steps/${id}`)))
  }
  for (let count = 0; count < 5; count += 1) {
    const id = held.add('entries', { step: word(steps[roll(4)] ?? ''), date: word(`2026-10-1${count}`) })
    rich(['entries', id, 'text'], words(marked(`entries/${id}`)))
  }
  for (let count = 0; count < 3; count += 1) {
    const id = newId()
    held.add('evidence', { title: words(marked(`evidence/${id}`)), note: spice(), link: word(`${PRIVATE}/steps/${id}`) })
    const real = Object.keys(held.notebook.evidence).find((key) => ![...marks.keys()].includes(`evidence/${key}`))
    marks.set(`evidence/${real}`, marks.get(`evidence/${id}`) ?? '')
    marks.delete(`evidence/${id}`)
    const observed = held.add('observations', { criterion: spice(), seen: words('белгі'), question: spice(), date: word('2026-10-20'), step: word(steps[0] ?? '') })
    marks.set(`observations/${observed}`, '')
  }
  rich(['closing'], words(marked('closing')))
  return { held, marks }
}

describe('a copy under a pseudonym', () => {
  it.each(Array.from({ length: 12 }, (_, seed) => seed + 1))('holds the chosen parts and nothing of the private notebook besides (seed %i)', (seed) => {
    const { held, marks } = filled(seed)
    const roll = dice(seed + 1000)
    const all = partsOf(held.notebook)
    const chosen = all.filter(() => roll(3) === 0)
    const copy = new Held('bb')
    writeCopy(copy, 'Үнсіз оқушылар', prepare(held.notebook, chosen, pseudonymous(held.notebook, chosen)))
    const bytes = copy.all()
    for (const secret of [PRIVATE, PERSON, SCHOOL, 'құпия', 'aigul', ...Object.keys(held.notebook.steps), ...Object.keys(held.notebook.entries)]) expect(bytes, `${secret} stays at home`).not.toContain(secret)
    expect(namesIn(copy.plain() ? JSON.stringify(copy.plain()) : '', NAMES)).toEqual([])
    expect(/айгүл|сәрсенова/iu.test(bytes)).toBe(false)
    for (const [key, mark] of marks) {
      if (mark === '') continue
      const shares = chosen.some((part) => part.key === key)
      expect(JSON.stringify(copy.plain()).includes(mark), `${key} is ${shares ? '' : 'not '}in the copy`).toBe(shares)
    }
    expect(String(copy.notebook.author)).toBe(PSEUDONYM)
    expect(String(copy.notebook.person)).toBe('')
    expect(ordered(copy.notebook.shared)).toEqual([])
  })

  it('has ids and places of its own, so that two copies cannot be told to be one person\'s', () => {
    const { held } = filled(7)
    const chosen = partsOf(held.notebook)
    const [one, other] = [new Held('bb'), new Held('cc')]
    for (const copy of [one, other]) {
      const ids = new Map<string, string>()
      writeCopy(copy, 'T', prepare(held.notebook, chosen, pseudonymous(held.notebook, chosen, { idOf: (part) => ids.get(part) ?? (ids.set(part, newId()), ids.get(part) as string) })))
      // What belongs together still does.
      for (const { item } of ordered(copy.notebook.entries)) expect(Object.keys(copy.notebook.steps)).toContain(String(item.step))
    }
    const ids = (copy: Held) => [...Object.keys(copy.notebook.steps), ...Object.keys(copy.notebook.entries)]
    expect(ids(one).filter((id) => ids(other).includes(id))).toEqual([])
  })

  it('keeps the name where its author leaves it, and only there', () => {
    const held = new Held('aa')
    const id = held.add('steps', { title: 'Айгүл жазған' })
    held.edit((draft) => writeText(draft, ['steps', id, 'text'], { at: 0, remove: 0, insert: 'Бұл Айгүлге керек' }))
    const chosen = partsOf(held.notebook)
    const places = placesIn(held.notebook, chosen, NAMES)
    expect(places.map(({ name }) => name)).toEqual(['Айгүл', 'Айгүлге'])
    const copy = new Held('bb')
    writeCopy(copy, 'T', prepare(held.notebook, chosen, pseudonymous(held.notebook, chosen, { replace: new Set([places[1]?.key ?? '']) })))
    const [step] = ordered(copy.notebook.steps)
    expect([step?.item.title, step?.item.text]).toEqual(['Айгүл жазған', `Бұл ${PSEUDONYM} керек`])
  })
})

describe('files in a copy', () => {
  const HASH = { photo: 'a'.repeat(64), small: 'b'.repeat(64), sheet: 'c'.repeat(64), other: 'd'.repeat(64) }
  function withFiles() {
    const held = new Held('aa')
    const [shown, kept] = [held.add('evidence', { title: 'Сабақ' }), held.add('evidence', { title: 'Құпия' })]
    const add = (part: string, name: string, hash: string, over: Record<string, unknown> = {}) =>
      held.add('files', { at: word(`evidence/${part}`), name, hash: word(hash), media_type: word('image/jpeg'), size: 10, width: 4, height: 3, by: 'Айгүл Сәрсенова', school: 'Бірлік', person: word(`${SCHOOL}/${PERSON}`), at_ms: 1_700_000_000_000, ...over })
    add(shown, 'Айгүлдің тақтасы.jpg', HASH.photo, { thumbnail: word(HASH.small), note: 'Сәрсенованың сыныбы' })
    add(kept, 'құпия.jpg', HASH.other)
    const ids = new Map<string, string>()
    const copy = new Held('bb')
    const share = (key = `evidence/${shown}`) => {
      const chosen = partsOf(held.notebook).filter((part) => part.key === key)
      const prepared = prepare(held.notebook, chosen, pseudonymous(held.notebook, chosen, { idOf: (part) => ids.get(part) ?? (ids.set(part, newId()), ids.get(part) as string) }))
      writeCopy(copy, 'T', prepared)
      held.edit((draft) => note(draft, 'COPY', prepared, '2026-11-27', ''))
    }
    share()
    return { held, copy, add, share, shown, kept }
  }
  const named = (copy: Held) => ordered(copy.notebook.files).map(({ item }) => item.name)

  it('come along with the parts that are shared, and no others; nothing says whose they are', () => {
    const { held, copy } = withFiles()
    const [place] = ordered(copy.notebook.evidence).map(({ id }) => `evidence/${id}`)
    const { item } = ordered(copy.notebook.files)[0] as { item: NamedFile }
    expect(ordered(copy.notebook.files)).toHaveLength(1)
    expect([String(item.at), String(item.hash), String(item.thumbnail), item.size, item.width, item.height]).toEqual([place, HASH.photo, HASH.small, 10, 4, 3])
    expect([item.name, item.note, item.by, item.school, String(item.person), item.at_ms]).toEqual([`${PSEUDONYM} тақтасы.jpg`, `${PSEUDONYM} сыныбы`, PSEUDONYM, '', '', 0])
    const bytes = copy.all()
    for (const secret of [HASH.other, 'құпия', PERSON, 'Бірлік', '1700000000000', ...Object.keys(held.notebook.files ?? {})]) expect(bytes, `${secret} stays at home`).not.toContain(secret)
    expect(/айгүл|сәрсенова/iu.test(bytes)).toBe(false)
  })

  it('are brought up to date with their part: what is new comes, what was removed goes, what stands stays the same item', () => {
    const { held, copy, add, share, shown } = withFiles()
    const given = () => copiesOf(held.notebook)[0] as NonNullable<ReturnType<typeof copiesOf>[0]>
    expect(agreement(held.notebook, given(), copy.plain(), NAMES)).toBe('same')
    const before = Object.keys(copy.notebook.files ?? {})
    add(shown, 'кесте.pdf', HASH.sheet)
    expect(agreement(held.notebook, given(), copy.plain(), NAMES)).toBe('newer')
    share()
    expect(named(copy)).toEqual([`${PSEUDONYM} тақтасы.jpg`, 'кесте.pdf'])
    expect(Object.keys(copy.notebook.files ?? {})).toEqual(expect.arrayContaining(before))
    expect(agreement(held.notebook, given(), copy.plain(), NAMES)).toBe('same')
    held.edit((draft) => void delete draft.files?.[ordered(held.notebook.files)[0]?.id ?? ''])
    expect(agreement(held.notebook, given(), copy.plain(), NAMES)).toBe('newer')
    share()
    expect(named(copy)).toEqual(['кесте.pdf'])
  })

  it('go when the copy is withdrawn', () => {
    const { copy } = withFiles()
    writeCopy(copy, 'Авторы қайтарып алды', nothing(PSEUDONYM, 'own'))
    expect(named(copy)).toEqual([])
  })

  it('are a part by themselves, whatever else it says', () => {
    const held = new Held('aa')
    const id = held.add('evidence', {})
    expect(partsOf(held.notebook)).toEqual([])
    held.add('files', { at: word(`evidence/${id}`), name: 'тақта.jpg', hash: word(HASH.photo) })
    const [part] = partsOf(held.notebook) as [Part]
    expect([part.key, gist(held.notebook, part)]).toEqual([`evidence/${id}`, 'тақта.jpg'])
  })
})

describe('a copy that was given', () => {
  function given() {
    const held = new Held('aa')
    const id = held.add('steps', { title: 'Жоспар' })
    const write = (insert: string) => held.edit((draft) => writeText(draft, ['steps', id, 'text'], { at: held.notebook.steps[id]?.text.length ?? 0, remove: 0, insert }))
    write('Бірінші сөз')
    const copy = new Held('bb')
    const ids = new Map<string, string>()
    const share = () => {
      const chosen = partsOf(held.notebook)
      const prepared = prepare(held.notebook, chosen, pseudonymous(held.notebook, chosen, { idOf: (part) => ids.get(part) ?? (ids.set(part, newId()), ids.get(part) as string) }))
      writeCopy(copy, 'Жоспар туралы', prepared)
      held.edit((draft) => note(draft, 'COPY', prepared, '2026-11-27', 'Болат, 20 қараша'))
    }
    share()
    return { held, copy, write, share, id }
  }
  const first = (held: Held) => {
    const [one] = copiesOf(held.notebook)
    if (!one) throw new Error('nothing was noted')
    return one
  }

  it('is remembered in the notebook: whom it was signed by, who agreed, which part stands where', () => {
    const { held, copy, id } = given()
    const one = first(held)
    expect([one.document, one.signed, one.consent, one.on]).toEqual(['COPY', PSEUDONYM, 'Болат, 20 қараша', '2026-11-27'])
    expect(one.parts.get(`steps/${id}`)).toBe(Object.keys(copy.notebook.steps)[0])
  })

  it('gets the newer wording as a small change of the same part, and is not noted twice', () => {
    const { held, copy, write, share } = given()
    expect(agreement(held.notebook, first(held), copy.plain(), NAMES)).toBe('same')
    write(' және Айгүлдің екінші сөзі')
    expect(agreement(held.notebook, first(held), copy.plain(), NAMES)).toBe('newer')
    const before = A.getAllChanges(copy.doc()).length
    const [step] = Object.keys(copy.notebook.steps)
    share()
    expect(Object.keys(copy.notebook.steps)).toEqual([step])
    expect(ordered(copy.notebook.steps)[0]?.item.text).toBe(`Бірінші сөз және ${PSEUDONYM} екінші сөзі`)
    expect(agreement(held.notebook, first(held), copy.plain(), NAMES)).toBe('same')
    expect(A.getAllChanges(copy.doc()).length).toBeGreaterThan(before)
    expect(ordered(held.notebook.shared).length).toBe(1)
  })

  it('is empty once it was withdrawn, and the notebook still knows that it was given', () => {
    const { held, copy } = given()
    writeCopy(copy, 'Авторы қайтарып алды', nothing(PSEUDONYM, 'own'))
    expect(JSON.stringify(copy.plain())).not.toContain('Бірінші')
    expect(agreement(held.notebook, first(held), copy.plain(), NAMES)).toBe('withdrawn')
  })

  it('of a text larger than a change carries is written in several', () => {
    const { copy, write, share } = given()
    write('ұ'.repeat(90_000))
    share()
    expect(ordered(copy.notebook.steps)[0]?.item.text.length).toBe('Бірінші сөз'.length + 90_000)
    const largest = Math.max(...A.getAllChanges(copy.doc()).map(({ length }) => length))
    expect(largest).toBeLessThan(256 * 1024)
  })
})

describe("one's own name", () => {
  it('is found however it bends, in three languages, and beside its family name as one place', () => {
    const found = (text: string, names: string[]) => namesIn(text, names).map(({ at, length }) => text.slice(at, at + length))
    expect(found('Айгүл Сәрсенова мен Айгүлдің сыныбы; АЙГҮЛМЕН', NAMES)).toEqual(['Айгүл Сәрсенова', 'Айгүлдің', 'АЙГҮЛМЕН'])
    expect(found('Спросили Ольгу Викторовну, Ольге сказали, у Мельник', ['Ольга Викторовна Мельник'])).toEqual(['Ольгу Викторовну', 'Ольге', 'Мельник'])
    expect(found("I, Marat Ospanov, and M. Ospanov's class", ['Marat Ospanov'])).toEqual(['Marat Ospanov', 'Ospanov'])
  })
  it('is not seen in words that only hold its letters, nor for a short name in words without a capital', () => {
    expect(namesIn('Үлкенайгүл, саран', ['Айгүл'])).toEqual([])
    expect(namesIn('аналар мен анасы', ['Ана'])).toEqual([])
    expect(namesIn('Ана келді', ['Ана']).length).toBe(1)
  })
  it('is found as it is typed on another keyboard, with or without its dots, and in letters that are put together', () => {
    const found = (text: string, names: string[]) => namesIn(text, names).map(({ at, length }) => text.slice(at, at + length))
    expect(found('Айгул Сарсенкызы, Айгульдің', ['Айгүл Сәрсенқызы'])).toEqual(['Айгул Сарсенкызы', 'Айгульдің'])
    expect(found('Семен Королев сказал; у Семена Королёва', ['Семён Королёв'])).toEqual(['Семен Королев', 'Семена Королёва'])
    expect(found('Каирiмен, Қайырмен', ['Қайыр', 'Қаир'])).toEqual(['Каирiмен', 'Қайырмен'])
    const decomposed = 'Бұл Айдай мен Ай\u00adгүл.'.normalize('NFD')
    expect(replaced(decomposed, namesIn(decomposed, ['Айдай', 'Айгүл']), 'Ω').normalize('NFC')).toBe('Бұл Ω мен Ω.')
  })
  it('of two letters is found where it stands by itself, with a capital letter; an initial is none', () => {
    expect(namesIn('Учитель Ли спросил, придёт ли Лина. Я Ли.', ['Виктор Ли']).map(({ at }) => at)).toEqual([8, 38])
    expect(namesIn('В. пришёл', ['В. Ли'])).toEqual([])
  })
  it('with signs of its own is taken as letters', () => {
    expect(namesIn('(a+b)* ok', ['(a+b)*', '.*'])).toEqual([])
    expect(replaced('Ана келді', namesIn('Ана келді', ['Ана']), '$&')).toBe('$& келді')
  })
})

describe('links', () => {
  const document = (id: string, space: string) => ({ id, space }) as DocumentInfo
  const documents = [document('HOME', 'own'), document('THERE', 'net')]
  it('go along where readers can follow them: to a document of the same network, or out into the web', () => {
    expect(mayGo('THERE/actions/1', 'net', documents, NAMES)).toBe(true)
    expect(mayGo('HOME/entries/1', 'net', documents, NAMES)).toBe(false)
    expect(mayGo('https://bilim.kz', 'net', documents, NAMES)).toBe(true)
    expect(mayGo('https://bilim.kz/%D0%90%D0%B9%D0%B3%D2%AF%D0%BB', 'net', documents, NAMES)).toBe(false)
  })
  it('never name a document of the own school', () => {
    expect(secretsOf(documents, [{ id: 'own', private: true }, { id: 'net', private: false }] as Space[])).toEqual(['HOME'])
  })
})
