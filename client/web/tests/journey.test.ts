// @vitest-environment jsdom
import { flushSync, mount, unmount } from 'svelte'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { going, helpOf, isPassedOn, ourReason, span, whyOf } from '../src/data/journey'
import type { SchoolStatus } from '../src/data/types'
import { locale } from '../src/locale/locale.svelte'
import SchoolJourney from '../src/parts/SchoolJourney.svelte'
import { schoolStatus } from './schoolstatus'

const NOBODY: ReadonlySet<string> = new Set()
const blocked = (kind: string, todo: string | null, given: Partial<SchoolStatus> = {}) => schoolStatus({ blocker: { kind, since: null, until: null }, todo, ...given })
const HOUR_MS = 3_600_000

describe('what is said of a school that waits', () => {
  it('says a reason that is ours once, for all of them', () => {
    const schools = [blocked('line_cut', 'open_line'), blocked('line_cut', 'open_line')]
    expect(ourReason(schools)).toEqual({ why: 'line_cut', help: 'open_line' })
    expect(schools.map(whyOf), 'and not again with each').toEqual([undefined, undefined])
    expect(ourReason([blocked('unreachable', 'call')]), 'what keeps one school is no reason of ours').toBeUndefined()
    expect([whyOf(blocked('unreachable', 'call')), helpOf(blocked('unreachable', 'call'))]).toEqual(['unreachable', 'call'])
  })

  it('leaves out what only a newer node knows', () => {
    expect(whyOf(blocked('on_the_moon', 'call'))).toBeUndefined()
    expect(helpOf(blocked('unreachable', 'take_a_rocket'))).toBeUndefined()
  })

  it('knows the road on which it goes now, also by way of the others', () => {
    expect(going(schoolStatus({ connected: true, road: { kind: 'relay', next_attempt: null, via: null } }), NOBODY)).toBe('relay')
    expect(going(schoolStatus({ connected: true }), NOBODY), 'a guest is not told which').toBe('some')
    expect(going(schoolStatus({ id: 'a' }), new Set(['a']))).toBe('others')
    expect(going(schoolStatus({ id: 'a' }), NOBODY)).toBeUndefined()
    expect(going(blocked('line_cut', 'open_line', { id: 'a' }), new Set(['a'])), 'nothing goes while our line is cut').toBeUndefined()
  })

  it('says that others pass it on only where somebody has it whom we reach no more than they do', () => {
    const [has, away, reached] = [schoolStatus({ has_latest: true }), blocked('unreachable', 'wait', { id: 'b' }), schoolStatus({ connected: true })]
    expect(isPassedOn([has, away], NOBODY)).toBe(true)
    expect(isPassedOn([away], NOBODY), 'nobody else has it').toBe(false)
    expect(isPassedOn([has, reached], NOBODY), 'it goes there from here').toBe(false)
    expect(isPassedOn([has, away], new Set(['b'])), 'it goes there by way of them').toBe(false)
    expect(isPassedOn([has, blocked('no_computers', 'add_computer')], NOBODY), 'there is nobody to take it').toBe(false)
    expect(isPassedOn([has, blocked('line_cut', 'open_line')], NOBODY), 'nothing leaves us').toBe(false)
  })

  it('tells a length of time in one unit, never as nothing', () => {
    expect([1_000, 40 * 60_000, -3 * HOUR_MS, 47 * HOUR_MS, 365 * 24 * HOUR_MS].map(span)).toEqual([
      { unit: 'minutes', count: 1 },
      { unit: 'minutes', count: 40 },
      { unit: 'hours', count: 3 },
      { unit: 'hours', count: 47 },
      { unit: 'days', count: 365 },
    ])
  })
})

describe('the sentences of one school', () => {
  let drawn: object | undefined
  afterEach(() => {
    if (drawn) void unmount(drawn)
    document.body.replaceChildren()
  })
  function words(school: SchoolStatus): string {
    const target = document.body.appendChild(document.createElement('div'))
    drawn = mount(SchoolJourney, { target, props: { school, heard: NOBODY } })
    flushSync()
    return (target.textContent ?? '').replaceAll(/\s+/g, ' ').trim()
  }
  const away = (): SchoolStatus =>
    blocked('unreachable', 'call', {
      waiting_changes: 5, waiting_bytes: 2_048, waiting_since: Date.now(), last_contact: Date.now(), last_road: 'parcel', road: { kind: 'trying', next_attempt: Date.now() + 10 * 60_000, via: null },
    })

  describe('in English', () => {
    beforeAll(async () => {
      await locale.use('en')
      await locale.rooms()
    })
    it('say how much waits, since when, the last contact, why, and the one thing to do', () => {
      expect(words(away())).toMatch(
        /^5 changes are waiting, about 2 KB\. The oldest is from today at \d\d:\d\d\. Last news from them: today at \d\d:\d\d, in a parcel that somebody brought\. Its computer does not answer now\. Next attempt: \w+ at \d\d:\d\d\. If it is urgent, call and ask to have the computer switched on\.$/,
      )
    })
    it('name the school that passes it on', () => {
      const relayed = schoolStatus({ connected: true, road: { kind: 'relay', next_attempt: null, via: { id: 'b', name: 'School 3' } } })
      expect(words(relayed)).toMatch(/It is going there now, by way of: School 3\.$/)
      expect(words(schoolStatus({ connected: true, road: { kind: 'relay', next_attempt: null, via: null } })), 'or that it goes through one').toMatch(/through another school\.$/)
    })
    it('say nothing of what is in order, but for a clock that is wrong', () => {
      expect(words(schoolStatus({ has_latest: true }))).toBe('')
      expect(words(schoolStatus({ has_latest: true, clock_ahead: -3 * HOUR_MS }))).toBe('The clock of their computer is 3 hours behind ours; times from there may look wrong.')
    })
  })

  it.each(['kk', 'ru', 'en'] as const)('have words for every reason and every help in %s', async (language) => {
    await locale.use(language)
    await locale.rooms()
    for (const kind of ['no_computers', 'no_address', 'resting', 'unreachable']) {
      for (const todo of ['see_standing', 'free_disk', 'join_network', 'check_line', 'carry', 'call', 'add_computer', 'wait']) {
        const said = words(blocked(kind, todo))
        expect(said, `${kind}, ${todo}`).not.toMatch(/journey-|undefined|\{/)
        expect(said.length).toBeGreaterThan(40)
      }
    }
  })
})
