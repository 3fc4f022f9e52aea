import { describe, expect, it } from 'vitest'
import { Line, momentsOf, type Change, type Moment } from '../src/history/moments'

const OLGA = `${'aa'.repeat(8)}${'01'.repeat(8)}00`
const OLGA_AGAIN = `${'aa'.repeat(8)}${'02'.repeat(8)}00`
const AIGUL = `${'bb'.repeat(8)}${'01'.repeat(8)}00`
const MAKING = '0f'.repeat(16)

/** Changes of a document, told one after the other. */
class Told {
  readonly changes: Change[] = []
  #heads: string[] = []
  #count = 0
  write(actor: string, minute: number, message: string | null = null, deps: string[] = this.#heads): string {
    const hash = `h${(this.#count += 1)}`
    this.changes.push({ actor, hash, deps, time: minute === 0 ? 0 : 1_790_000_000 + minute * 60, message })
    this.#heads = [...this.#heads.filter((head) => !deps.includes(head)), hash]
    return hash
  }
  get moments(): Moment[] {
    const line = new Line()
    line.take(this.changes)
    return momentsOf(line)
  }
}
const said = (moments: Moment[]) => moments.map(({ writers, changes }) => `${writers.map(({ name }) => name).join('+')} ${changes}`)

describe('the moments of a history', () => {
  it('are what one person wrote without a longer pause; another opening of the page makes no other person', () => {
    const told = new Told()
    told.write(MAKING, 0)
    told.write(OLGA, 1, 'Ольга')
    told.write(OLGA, 2)
    told.write(OLGA_AGAIN, 6, 'Ольга')
    told.write(OLGA_AGAIN, 30)
    told.write(AIGUL, 31, 'Айгүл')
    expect(said(told.moments)).toEqual(['Ольга 3', 'Ольга 1', 'Айгүл 1'])
    expect(told.moments.map(({ heads }) => heads)).toEqual([['h4'], ['h5'], ['h6']])
  })

  it('are one where two write together, key by key', () => {
    const told = new Told()
    told.write(OLGA, 1, 'Ольга')
    told.write(AIGUL, 1.1, 'Айгүл')
    for (let minute = 1.2; minute < 5; minute += 0.2) told.write(Math.round(minute * 5) % 2 ? OLGA : AIGUL, minute)
    told.write(AIGUL, 60)
    expect(told.moments.map(({ writers }) => writers.map(({ name }) => name).join('+'))).toEqual(['Ольга+Айгүл', 'Айгүл'])
  })

  it('name two heads where two wrote apart, and stand by their time', () => {
    const told = new Told()
    const first = told.write(OLGA, 1, 'Ольга')
    told.write(OLGA, 100, null, [first])
    told.write(AIGUL, 50, 'Айгүл', [first])
    expect(said(told.moments)).toEqual(['Ольга 1', 'Айгүл 1', 'Ольга 1'])
    expect(told.moments.map(({ heads }) => heads)).toEqual([['h1'], ['h3'], ['h3', 'h2']])
  })

  it('never stand before what they rest on, though a clock is a year behind', () => {
    const told = new Told()
    told.write(OLGA, 600_000, 'Ольга')
    told.write(AIGUL, 1, 'Айгүл')
    expect(said(told.moments)).toEqual(['Ольга 1', 'Айгүл 1'])
    expect(told.moments[1]?.to).toBeLessThan(told.moments[0]?.to ?? 0)
  })

  const MIDNIGHT = (1_790_035_200 - 1_790_000_000) / 60
  const NODE = `${'aa'.repeat(8)}${'03'.repeat(8)}00`
  const withAnswers = (told: Told) => {
    const line = new Line()
    line.take(told.changes)
    return { maybe: line.countersMaybe.map(({ actor }) => actor), moments: momentsOf(line, new Set([NODE])) }
  }

  it('of answers to a questionnaire stand by themselves, one for a day, and take nobody from their work', () => {
    const told = new Told()
    told.write(OLGA, MIDNIGHT + 670, 'Ольга')
    told.write(NODE, MIDNIGHT)
    told.write(NODE, MIDNIGHT)
    told.write(OLGA, MIDNIGHT + 674)
    told.write(NODE, MIDNIGHT + 1440)
    const { maybe, moments } = withAnswers(told)
    expect(maybe).toEqual([NODE])
    expect(moments.map(({ is, writers, changes }) => `${is} ${writers[0]?.name} ${changes}`)).toEqual(['written Ольга 1', 'answers  2', 'written Ольга 1', 'answers  1'])
    expect(moments[0]?.from, 'no time is that of an answer').toBe((1_790_000_000 + (MIDNIGHT + 670) * 60) * 1000)
    expect(moments[1]?.to, 'the middle of the day').toBe((1_790_035_200 + 12 * 3600) * 1000)
  })

  it('may be of answers only where a node wrote without a name at midnight, and never but then', () => {
    const told = new Told()
    told.write(MAKING, 0)
    told.write(NODE, MIDNIGHT + 1)
    told.write(NODE, MIDNIGHT)
    told.write(OLGA, MIDNIGHT, 'Ольга')
    told.write(AIGUL, MIDNIGHT + 15)
    expect(withAnswers(told).maybe).toEqual([AIGUL])
  })

  it('begin with who wanted the document, where they write from the same node soon after it made it', () => {
    const begun = (actor: string, minute: number) => {
      const told = new Told()
      told.write(MAKING, 0)
      told.write(NODE, 1)
      told.write(actor, minute, 'Ольга')
      return said(told.moments)
    }
    expect(begun(OLGA, 4)).toEqual(['Ольга 2'])
    expect(begun(OLGA, 40), 'much later').toEqual([' 1', 'Ольга 1'])
    expect(begun(AIGUL, 4), 'at another school').toEqual([' 1', 'Ольга 1'])
  })

  it('are the same, told at once or piece by piece, and come quickly for twenty-six thousand letters', () => {
    const told = new Told()
    for (let letter = 0; letter < 26_000; letter += 1) told.write(letter % 7_000 < 3_500 ? OLGA : AIGUL, 1 + letter / 40, letter === 0 ? 'Ольга' : null)
    const line = new Line()
    for (let from = 0; from < told.changes.length; from += 5_000) line.take(told.changes.slice(from, from + 5_000))
    const began = performance.now()
    expect(momentsOf(line)).toEqual(told.moments)
    expect(performance.now() - began).toBeLessThan(2_000)
    expect(line.endOf(['h26000', 'h3'])).toBe(25_999)
    expect(line.endOf(['elsewhere'])).toBeUndefined()
  })
})
