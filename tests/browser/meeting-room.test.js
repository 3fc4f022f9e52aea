// A meeting in a room without internet: the laptops of two schools are nodes, the phone of a third school's director has a seat.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { addItem, seeItem } from './harness/agenda.js'
import { PHONE, REACH_MS, openBrowser, openWindow, picture, reached } from './harness/browser.js'
import { twoSchools } from './harness/laptop.js'

const HOST = { school: 'Birlik School', name: 'Aigul Sarsenova', login: 'aigul', password: 'room-2026-birlik' }
const NEIGHBOUR = { school: 'Rodnik Lyceum', name: 'Olga Melnik', login: 'olga', password: 'room-2026-rodnik' }
const GUEST = { school: '«Қарлығаш» гимназиясы', name: 'Гүлнар Әбдіқалықова' }
const TITLE = 'Meeting in the village hall'

let browser
/** The laptops. */
let birlik
let rodnik
/** Their pages, and the one on the guest's phone. */
let host
let neighbour
let guest
let meeting

before(async () => {
  browser = await openBrowser()
  ;({
    nodes: [birlik, rodnik],
    host,
    neighbour,
    document: meeting,
  } = await twoSchools(browser, [HOST, NEIGHBOUR], { kind: 'meeting', title: TITLE }))
})

after(async () => {
  await browser?.close()
  await birlik?.stop()
  await rodnik?.stop()
})

const open = (page) => page.goto(new URL(`/documents/${meeting}`, page.url()).href)


test('a phone sits down with the code from the screen, and sees one document and no rooms', async () => {
  await open(host)
  await open(neighbour)
  await host.getByTestId('give-seat').click()
  await host.getByTestId('make-seat').click()
  // Four digits, a gap, four digits; the words for who does not see the screen come before.
  const code = /[\d ]+$/.exec((await host.getByTestId('seat-code').innerText()).trim())[0].trim()
  await picture(host, 'room-seat-laptop')

  guest = await openWindow(browser, new URL('/seat', birlik.address).href, { viewport: PHONE, locale: 'kk' })
  const form = guest.getByTestId('sit-down')
  await form.locator('#code').fill('0000 0001')
  await form.locator('#name').fill(GUEST.name)
  await form.locator('#school').fill(GUEST.school)
  await form.getByTestId('sit').click()
  await guest.getByTestId('error').waitFor()
  await form.locator('#code').fill(code.replace(' ', ''))
  await form.getByTestId('sit').click()
  await guest.getByTestId('safety').waitFor()
  assert.equal(await guest.locator('html').getAttribute('lang'), 'kk', 'the page goes on in the language of the phone')
  assert.equal(await guest.locator('.rail').count(), 0)
  assert.equal(await guest.getByTestId('open-history').count(), 0, 'nothing is offered that leads nowhere')
  await guest.getByTestId('safety').filter({ hasText: HOST.school }).waitFor()
  assert.ok(await guest.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), 'the meeting fits the phone')
  for (const path of ['people', 'status', 'spaces']) {
    const status = await guest.evaluate(async (where) => (await fetch(`/api/v1/${where}`)).status, path)
    assert.equal(status, 403, `a guest is not told of ${path}`)
  }
  await host.getByTestId('seat').filter({ hasText: GUEST.name }).waitFor({ timeout: REACH_MS })
  await host.keyboard.press('Escape')
  await picture(guest, 'room-guest-phone')
})

test('all three write one agenda, and what the guest wrote is theirs', async () => {
  await Promise.all([addItem(host, 'Welcome'), addItem(neighbour, 'Exchange of teachers'), addItem(guest, 'Ауыл мектебінің оқу залы')])
  for (const page of [host, neighbour, guest])
    for (const title of ['Welcome', 'Exchange of teachers', 'Ауыл мектебінің оқу залы']) await seeItem(page, title)
  await Promise.all([host, neighbour, guest].map((page) => page.getByTestId('i-am-here').click()))
  for (const page of [host, neighbour]) {
    await page.waitForFunction(() => document.querySelectorAll('[data-testid="attendant"] input:checked').length === 3, undefined, { timeout: REACH_MS })
    const shown = await page.locator('[data-testid="attendant"] textarea').evaluateAll((fields) => fields.map((field) => field.value))
    for (const words of [GUEST.name, GUEST.school]) assert.ok(shown.includes(words), `the list of those present says ${words}`)
    await page.getByTestId('present').filter({ hasText: GUEST.name }).waitFor({ timeout: REACH_MS })
  }
  await reached(host, 2, 2)
  await picture(neighbour, 'room-neighbour-laptop')
})

test('the guest is told when the seat ends, and everybody leaves with the minutes', async () => {
  await host.getByTestId('give-seat').click()
  await host.getByTestId('end-seat').click()
  await guest.getByTestId('seat-ended').waitFor({ timeout: REACH_MS })
  await picture(guest, 'room-seat-ended-phone')
  assert.equal(await guest.locator('#name').inputValue(), GUEST.name, 'the same person sits down again under the same name')
  assert.equal(await guest.evaluate(async (id) => (await fetch(`/api/v1/documents/${id}`)).status, meeting), 401)
  // Nobody comes back to a seat: whoever opens the page next finds nothing of it.
  const kept = () => guest.evaluate(async () => [...(await indexedDB.databases()).map(({ name }) => name), ...Object.keys(localStorage)].filter((name) => /^jeli(\/|\.(seat|written|visits|here)\b)/.test(name)))
  assert.ok((await kept()).some((name) => name.startsWith('jeli/')), 'the tab may still hold words of theirs')
  await guest.reload()
  await guest.waitForFunction(() => !Object.keys(localStorage).some((key) => key.startsWith('jeli.seat/')), undefined, { timeout: REACH_MS })
  assert.deepEqual(await kept(), [])

  // The host drives home; the neighbour has all of it on the own laptop.
  await birlik.end()
  await neighbour.reload()
  await seeItem(neighbour, 'Ауыл мектебінің оқу залы')
  await neighbour.getByTestId('show-minutes').click()
  const minutes = await neighbour.getByTestId('minutes').innerText()
  for (const words of [GUEST.name, HOST.name, NEIGHBOUR.name, 'Ауыл мектебінің оқу залы']) assert.ok(minutes.includes(words), `the minutes say ${words}`)
})
