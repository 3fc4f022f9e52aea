import { describe, expect, it } from 'vitest'
import { layout, textWidth, wrap, type Layout } from '../src/screens/network/map/layout'
import { inOrder, roadOf } from '../src/screens/network/map/roads'
import { schoolStatus } from './schoolstatus'

const NAMES = ['№4 орта мектеп', '№17 «Жас Ұлан» мектеп-гимназиясы', 'Школа-лицей № 101 имени Ыбырая Алтынсарина', 'Rural school of Kyzylzhar', 'Қызылжарауылыныңбілімберуорталығы']
const schools = (count: number) => Array.from({ length: count }, (_, index) => ({ id: `s${index}`, name: NAMES[index % NAMES.length] ?? '', state: ['5 өзгеріс күтіп тұр', 'байланыс: дүйсенбі, 16:40'] }))
const PHONE_PX = 358
const LAPTOP_PX = 1_040

function check(drawn: Layout, width: number): void {
  for (const place of drawn.places) {
    for (const line of place.lines) {
      const [from, to] = place.anchor === 'start' ? [place.textX, place.textX + textWidth(line.text)] : [place.textX - textWidth(line.text), place.textX]
      expect(from, `"${line.text}" begins on the picture`).toBeGreaterThanOrEqual(0)
      expect(to, `"${line.text}" ends on the picture`).toBeLessThanOrEqual(width)
    }
    expect(place.bottom, 'it stands on the picture').toBeLessThanOrEqual(drawn.height)
    expect(place.top).toBeGreaterThanOrEqual(0)
  }
  for (const [index, one] of drawn.places.entries()) {
    for (const other of drawn.places.slice(index + 1)) {
      const sameSide = one.anchor === other.anchor
      expect(!sameSide || one.bottom <= other.top || other.bottom <= one.top, `${one.id} and ${other.id} do not overlap`).toBe(true)
    }
  }
}

describe('the map of roads', () => {
  it.each([1, 2, 3, 7, 30])('gives %i schools room for their whole names, on a phone and on a laptop', (count) => {
    for (const width of [PHONE_PX, 620, LAPTOP_PX]) {
      const all = schools(count)
      const drawn = layout('Ақкөл ауданының №1 мектебі', all, width)
      check(drawn, width)
      expect(drawn.places.map(({ id }) => id), 'each once, in order').toEqual(all.map(({ id }) => id))
      for (const place of drawn.places) {
        const name = place.lines.filter(({ of }) => of === 'name').map(({ text }) => text)
        expect(name.join('').replaceAll(' ', ''), 'nothing of a name is cut off').toBe(all.find(({ id }) => id === place.id)?.name.replaceAll(' ', ''))
      }
      const { top, bottom } = drawn.hub.bar ?? { top: drawn.hub.y, bottom: drawn.hub.y }
      expect(top >= 0 && top <= drawn.hub.y && bottom <= drawn.height, 'our school is on the picture').toBe(true)
      const lines = drawn.hub.lines.map(({ y }) => y)
      expect(Math.min(...lines) >= 16 && Math.max(...lines) <= drawn.height, 'with its name').toBe(true)
      const ends = drawn.hub.lines.map(({ text, x }) => (drawn.hub.anchor === 'start' ? x + textWidth(text) : x + textWidth(text) / 2))
      expect(Math.max(...ends), 'our own name is on the picture').toBeLessThanOrEqual(width)
    }
  })

  it('stands our school in the middle where there is room, and above the others where there is not', () => {
    const wide = layout('Біз', schools(9), LAPTOP_PX)
    expect(wide.hub.x).toBe(wide.width / 2)
    const few = layout('Біз', schools(4), LAPTOP_PX)
    expect([few.hub.x, few.hub.y]).toEqual([few.width / 2, few.height / 2])
    expect(wide.places.filter(({ x }) => x < wide.hub.x)).toHaveLength(4)
    const narrow = layout('Біз', schools(9), PHONE_PX)
    expect(narrow.places.every(({ top }) => top > narrow.hub.y)).toBe(true)
  })

  it('breaks lines between words, and a word only where it is wider than the place', () => {
    expect(wrap('Rural school of Kyzylzhar', 130)).toEqual(['Rural school of', 'Kyzylzhar'])
    expect(wrap('', 100)).toEqual([''])
    const broken = wrap('ыыыыыыыыыыыыыыыыыыыыыыыыыы', 100)
    expect(broken.length).toBeGreaterThan(1)
    expect(broken.join('')).toBe('ыыыыыыыыыыыыыыыыыыыыыыыыыы')
  })

  it('draws the road that stands, or the one of the last news while that is fresh', () => {
    const now = 1_800_000_000_000
    const day = 86_400_000
    expect(roadOf(schoolStatus({ connected: true, road: { kind: 'relay', next_attempt: null, via: null }, last_contact: now, last_road: 'lan' }), now)).toBe('relay')
    expect(roadOf(schoolStatus({ last_contact: now - 3 * day, last_road: 'parcel' }), now)).toBe('parcel')
    expect(roadOf(schoolStatus({ last_contact: now - 30 * day, last_road: 'direct' }), now)).toBe('none')
    expect(roadOf(schoolStatus(), now)).toBe('none')
    const ordered = inOrder([schoolStatus({ id: 'never' }), schoolStatus({ id: 'old', last_contact: 1 }), schoolStatus({ id: 'here', connected: true }), schoolStatus({ id: 'lately', last_contact: 2 })])
    expect(ordered.map(({ id }) => id)).toEqual(['here', 'lately', 'old', 'never'])
  })
})
