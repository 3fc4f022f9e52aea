import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Handle } from '../src/live/handle'
import { heard, nameToTell, Others } from '../src/live/others.svelte'

const SCHOOL = 'ab'.repeat(32)
const message = { field: 'agenda/1f/notes', from: '12@aabb', to: '12@aabb', name: 'Ольга', school: SCHOOL }

class Room extends EventEmitter {
  sent: Record<string, unknown>[] = []
  broadcast(said: Record<string, unknown>) {
    this.sent.push(said)
  }
  say(tab: string, said: unknown) {
    this.emit('ephemeral-message', { senderId: tab, message: said })
  }
  get handle() {
    return this as unknown as Handle<unknown>
  }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function enter(name = 'Айгүл'): { room: Room; others: Others } {
  const room = new Room()
  const others = new Others()
  others.listen(room.handle, () => ({ name, school: SCHOOL }))
  return { room, others }
}

describe('where others stand', () => {
  it('is shown while they say so, and gone after a silence or when they leave', () => {
    const { room, others } = enter()
    room.say('tab', message)
    vi.advanceTimersByTime(200)
    expect(others.all).toEqual([{ ...message, tab: 'tab' }])
    vi.advanceTimersByTime(10_000)
    expect(others.all).toHaveLength(1)
    vi.advanceTimersByTime(20_000)
    expect(others.all).toEqual([])
    room.say('tab', message)
    room.say('tab', { ...message, field: '', from: '', to: '' })
    vi.advanceTimersByTime(200)
    expect(others.all).toEqual([])
  })

  it('is not believed in another shape', () => {
    expect(heard(message)).toEqual(message)
    const wrong = [null, 'x', 7, [], {}, { ...message, name: 5 }, { ...message, name: 'x'.repeat(10_000) }, { ...message, field: '../secret' }, { ...message, field: `a${'/b'.repeat(500)}` },
      { ...message, from: '<script>' }, { ...message, to: 'x'.repeat(1_000) }, { ...message, school: 'none' }, { ...message, from: undefined }, Object.create(message) as unknown]
    for (const each of wrong) expect(heard(each), JSON.stringify(each)).toBeUndefined()
    expect(heard({ ...message, name: ' Ольга\n\u0000Петрова ' })?.name).toBe('Ольга Петрова')
    expect(nameToTell('🙂'.repeat(200))).toBe('🙂'.repeat(80))
  })

  it('is shown for as many as a room holds', () => {
    const { room, others } = enter()
    for (let tab = 0; tab < 1_000; tab += 1) room.say(`tab ${tab}`, message)
    vi.advanceTimersByTime(200)
    expect(others.all).toHaveLength(64)
  })
})

describe('where one stands oneself', () => {
  it('is told to nobody in an empty room, and at once when somebody comes', () => {
    const { room, others } = enter()
    others.stand({ field: 'title', from: '', to: '' })
    vi.advanceTimersByTime(60_000)
    expect(room.sent).toEqual([])
    others.company = true
    vi.advanceTimersByTime(500)
    expect(room.sent).toEqual([{ field: 'title', from: '', to: '', name: 'Айгүл', school: SCHOOL }])
    others.company = false
    vi.advanceTimersByTime(60_000)
    expect(room.sent.length).toBeLessThan(3)
  })

  it('is told a few times a second at most, the last place last, and again while one stays', () => {
    const { room, others } = enter()
    others.company = true
    for (let letter = 0; letter < 100; letter += 1) {
      others.stand({ field: 'title', from: `${letter}@aa`, to: `${letter}@aa` })
      vi.advanceTimersByTime(20)
    }
    vi.advanceTimersByTime(400)
    expect(room.sent.length).toBeLessThan(9)
    expect(room.sent.at(-1)).toMatchObject({ from: '99@aa' })
    const before = room.sent.length
    vi.advanceTimersByTime(9_000)
    expect(room.sent.length - before).toBe(2)
    others.leave('title')
    vi.advanceTimersByTime(500)
    expect(room.sent.at(-1)).toMatchObject({ field: '' })
    const silent = room.sent.length
    vi.advanceTimersByTime(60_000)
    expect(room.sent).toHaveLength(silent)
  })

  it('is told under the signature, and under none not at all', () => {
    const { room, others } = enter('')
    others.company = true
    others.stand({ field: 'title', from: '', to: '' })
    vi.advanceTimersByTime(10_000)
    expect(room.sent).toEqual([])
  })
})
