// @vitest-environment jsdom
import { describe, expect, it } from 'vitest'
import { EarlyLetters } from '../src/parts/early'

/** A key that goes down in the page; says whether the page behind gets it. */
function press(early: EarlyLetters, key: string, held: KeyboardEventInit = {}): boolean {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...held })
  early.keep(event)
  return !event.defaultPrevented
}

describe('letters typed before a dialog is there', () => {
  it('are kept from the page and given to the field, each of them, with what was taken back', () => {
    const early = new EarlyLetters()
    early.wait()
    for (const key of ['ж', 'ұ', 'к', 'Backspace', 'м', 'ы', 'с', '😀', 'Enter', 'Shift']) press(early, key)
    expect(press(early, 'a')).toBe(false)
    expect(early.take()).toBe('жұмыс😀a')
  })

  it('are left to whoever composes them or asks for something else, and to the page before and after', () => {
    const early = new EarlyLetters()
    expect(press(early, 'a')).toBe(true)
    early.wait()
    expect(press(early, 'a', { ctrlKey: true })).toBe(true)
    expect(press(early, 'a', { isComposing: true })).toBe(true)
    expect(press(early, 'Escape')).toBe(true)
    expect(early.take()).toBe('')
    expect(press(early, 'a')).toBe(true)
  })
})
