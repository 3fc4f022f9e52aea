import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const css = readFileSync(join(import.meta.dirname, '../src/tokens.css'), 'utf8')
const [light = '', dark = ''] = (css.split('@media print')[0] ?? '').split('/* On the screen only')

function colours(text: string): Map<string, string> {
  return new Map([...text.matchAll(/--([a-z-]+): (#[0-9a-f]{6});/g)].map((match) => [match[1] as string, match[2] as string]))
}

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const value = parseInt(hex.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(a: string, b: string): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (high + 0.05) / (low + 0.05)
}

const TEXT_PAIRS: [string, string][] = [
  ...['ink', 'ink-quiet', 'accent', 'on-time', 'soon', 'late', 'waiting'].flatMap((ink): [string, string][] => [
    [ink, 'sheet'],
    [ink, 'sunken'],
  ]),
  ['ink', 'desk'],
  ['ink-quiet', 'desk'],
  ['accent', 'desk'],
  ['ink', 'late-wash'],
  ['ink', 'soon-wash'],
  ['ink-quiet', 'soon-wash'],
  ['ink-quiet', 'late-wash'],
  ['ink', 'accent-wash'],
  ['ink-quiet', 'accent-wash'],
  ['late', 'late-wash'],
  ['soon', 'soon-wash'],
  ...['on-time', 'soon', 'late', 'waiting'].map((ink): [string, string] => [ink, 'desk']),
  ['accent', 'accent-wash'],
  ['accent-ink', 'accent'],
  ['sheet', 'ink'],
]
/** Edges of fields and marks need 3:1 (WCAG 1.4.11). */
const EDGE_PAIRS: [string, string][] = [['edge', 'sheet'], ['accent', 'sheet'], ['accent', 'desk'], ['accent', 'sunken'], ['late', 'sheet'], ['late', 'late-wash'], ['soon', 'soon-wash'], ...['blue', 'clay', 'moss', 'plum', 'teal', 'rose'].map((mark): [string, string] => [`mark-${mark}`, 'sheet'])]

describe.each([
  ['light', colours(light)],
  ['dark', new Map([...colours(light), ...colours(dark)])],
])('the colours of the %s theme', (_theme, palette) => {
  const of = (name: string): string => {
    const colour = palette.get(name)
    if (!colour) throw new Error(`no colour --${name}`)
    return colour
  }
  it.each(TEXT_PAIRS)('let %s be read on %s', (ink, paper) => {
    expect(contrast(of(ink), of(paper))).toBeGreaterThanOrEqual(4.5)
  })
  it.each(EDGE_PAIRS)('let the edge %s be seen on %s', (edge, paper) => {
    expect(contrast(of(edge), of(paper))).toBeGreaterThanOrEqual(3)
  })
})

describe('the dark theme', () => {
  it('is the same by the wish of the device and of the person, and names every colour of the light one', () => {
    const [, byDevice = '', byPerson = ''] = dark.split('@media screen')
    expect(colours(byPerson)).toEqual(colours(byDevice))
    expect([...colours(byDevice).keys()].sort()).toEqual([...colours(light).keys()].sort())
  })
})

describe('the measure of contrast', () => {
  it('is 21 for black on white and 1 for a colour on itself', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21)
    expect(contrast('#888888', '#888888')).toBe(1)
  })
})
