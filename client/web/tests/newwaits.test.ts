// @vitest-environment jsdom
import { flushSync, mount, unmount } from 'svelte'
import { afterEach, beforeAll, expect, it } from 'vitest'
import { events } from '../src/data/events.svelte'
import { listing } from '../src/data/listing.svelte'
import { session } from '../src/data/session.svelte'
import type { Me } from '../src/data/types'
import { locale, t } from '../src/locale/locale.svelte'
import Documents from '../src/screens/documents/Documents.svelte'

const me: Me = { person: { id: 'p1', name: 'Айгүл', login: 'aigul', role: 'teacher', language: 'kk' }, school: { id: 's1', name: 'Бірлік' }, reference: 's1/p1', actor: '00' }

beforeAll(() => locale.use('en'))
let drawn: object | undefined
afterEach(() => {
  if (drawn) void unmount(drawn)
  events.lost = false
  session.me = undefined
})

it('a document is offered to be made while the node answers; while it does not, the reason stands beside the button', () => {
  session.me = me
  listing.documents = []
  const target = document.body.appendChild(document.createElement('div'))
  drawn = mount(Documents, { target, props: { room: 'plans' } })
  flushSync()
  const button = () => target.querySelector<HTMLButtonElement>('[data-testid="new-plan"]')
  expect([button()?.disabled, target.querySelector('[data-testid="new-waits"]')]).toEqual([false, null])
  events.lost = true
  flushSync()
  expect(button()?.disabled).toBe(true)
  const reason = document.getElementById(button()?.getAttribute('aria-describedby') ?? '')
  expect(reason?.textContent).toBe(t('new-waits'))
})
