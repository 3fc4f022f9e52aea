// @vitest-environment jsdom
import { flushSync, mount, unmount } from 'svelte'
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { listing } from '../src/data/listing.svelte'
import type { DocumentInfo } from '../src/data/types'
import { locale, t } from '../src/locale/locale.svelte'
import LinkPicker from '../src/parts/LinkPicker.svelte'

const plan = (id: string, title: string): DocumentInfo => ({ id, title, kind: 'plan', state: 'here', changed_at: 1 }) as DocumentInfo

let drawn: object | undefined
const chosen = vi.fn()
const rows = (testid: string) => [...document.querySelectorAll<HTMLButtonElement>(`[data-testid="${testid}"]`)]
const titles = () => rows('link-document').map((row) => row.textContent.trim())
function seek(words: string) {
  const field = document.querySelector<HTMLInputElement>('input[type="search"]')
  if (!field) throw new Error('nothing can be sought')
  field.value = words
  field.dispatchEvent(new Event('input', { bubbles: true }))
  flushSync()
}

beforeAll(async () => {
  HTMLDialogElement.prototype.showModal ??= function (this: HTMLDialogElement) {
    this.open = true
  }
  await locale.use('en')
  await locale.rooms()
})
beforeEach(() => {
  listing.documents = [plan('a', 'Қонақ сабақтар'), plan('b', 'План гимназии'), ...Array.from({ length: 60 }, (_, at) => plan(`many${at}`, `Meeting ${at}`))]
  drawn = mount(LinkPicker, { target: document.body, props: { self: 'b', addresses: 'all', onchoose: chosen, onclose: () => {} } })
  flushSync()
})
afterEach(async () => {
  if (drawn) await unmount(drawn)
  listing.documents = undefined
  document.body.replaceChildren()
  vi.unstubAllGlobals()
})

it('a document is found by all its words, with the letters of the keyboard that was at hand', () => {
  expect(titles().length, 'no more than one looks through').toBe(40)
  seek('сабак конак')
  expect(titles()).toEqual(['Қонақ сабақтар'])
  seek('гимназия')
  expect([titles(), document.querySelector('ul')?.textContent.trim()]).toEqual([[], t('linked-none')])
})

it('of a document that was chosen an item is sought; where nothing of it can be read, that is said', async () => {
  vi.stubGlobal('fetch', () => Promise.resolve(Response.json({ error: { code: 'not_found', args: {} } }, { status: 404 })))
  seek('сабак')
  rows('link-document')[0]?.click()
  flushSync()
  expect(document.querySelector<HTMLInputElement>('input[type="search"]')?.value, 'other words are sought in it').toBe('')
  await vi.waitFor(() => expect(document.querySelector('ul')?.textContent.trim()).toBe(t('linked-unread')))
  rows('link-whole')[0]?.click()
  expect(chosen).toHaveBeenLastCalledWith('a')
})
