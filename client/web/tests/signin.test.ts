// @vitest-environment jsdom
import { flushSync, mount, unmount } from 'svelte'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { session } from '../src/data/session.svelte'
import { locale, t } from '../src/locale/locale.svelte'
import SignIn from '../src/screens/entrance/SignIn.svelte'

beforeAll(() => locale.use('en'))

let drawn: object | undefined
afterEach(() => {
  if (drawn) void unmount(drawn)
  vi.restoreAllMocks()
  session.unsaved = () => false
})

/** The page of somebody whose session ended (or of a newcomer), and whether the tab holds unsent words. */
function page(interrupted: boolean, unsaved = false): { told: string | null | undefined; login: Element | null } {
  vi.spyOn(session, 'interrupted', 'get').mockReturnValue(interrupted)
  session.unsaved = () => unsaved
  const target = document.body.appendChild(document.createElement('div'))
  drawn = mount(SignIn, { target })
  flushSync()
  return { told: target.querySelector('[data-testid="interrupted"]')?.textContent, login: target.querySelector('#login') }
}

describe('whoever is signed out in the middle of a sentence', () => {
  it('is told why, and that all of it is at the school, with the caret where one signs in', () => {
    const { told, login } = page(true)
    expect(told).toBe(`${t('sign-in-interrupted')} ${t('sign-in-safe')}`)
    expect(document.activeElement).toBe(login)
  })

  it('is told what waits in the tab', () => {
    expect(page(true, true).told).toBe(`${t('sign-in-interrupted')} ${t('sign-in-unsaved')}`)
  })
})

it('whoever comes anew is told nothing of the kind', () => {
  const { told, login } = page(false)
  expect(told).toBeUndefined()
  expect(login).not.toBeNull()
  expect(document.activeElement).not.toBe(login)
})
