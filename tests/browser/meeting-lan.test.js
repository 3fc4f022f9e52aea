// Five directors with their laptops and two guests with phones in a room that has a switch and no internet: they find each other, write one agenda, and leave with
// the minutes; at home the school's own computer gets them from the laptop without being asked.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { addItem, seeItem } from './harness/agenda.js'
import { look } from './harness/axe.js'
import { PHONE, REACH_MS, openBrowser, openWindow, picture, reached } from './harness/browser.js'
import { answers, arrived, ask, makeDocument } from './harness/documents.js'
import { Lans, isLent } from './harness/lan.js'
import { startOn } from './harness/programs.js'

const SCHOOLS = [
  { school: '«Бірлік» орта мектебі', name: 'Айгүл Сәрсенова', login: 'aigul', language: 'kk' },
  { school: 'Лицей «Родник»', name: 'Ольга Мельник', login: 'olga', language: 'ru' },
  { school: 'Tulpar International School', name: 'James Carter', login: 'james', language: 'en' },
  { school: '«Қарлығаш» гимназиясы', name: 'Гүлнар Әбдіқалықова', login: 'gulnar', language: 'kk' },
  { school: 'Школа имени Абая', name: 'Сергей Ким', login: 'sergei', language: 'ru' },
]
const GUESTS = [
  { name: 'Дәурен Оспанов', school: 'Ауыл әкімдігі', language: 'kk' },
  { name: 'Марина Чой', school: 'Районо', language: 'ru' },
]
const PASSWORD = 'room-2026-password'
/** Whoever is in one room hears of each other in seconds; a busy machine takes longer. */
const MEET_MS = 60_000

const lent = await isLent()
let browser
let lans
const nodes = []
/** The laptops with their pages; the last computer is the first school's own, which stays at home. */
const laptops = []
let home
let meeting

/** A computer with a node and its first account, signed in. */
async function desk(computer, where, { school, name, login, language }, sheet) {
  const node = await startOn(computer, school, sheet)
  nodes.push(node)
  const page = await openWindow(browser, computer.address(where), { locale: language })
  for (const [field, value] of Object.entries({ code: node.setupCode, name, login, password: PASSWORD })) await page.locator(`#${field}`).fill(value)
  await page.locator('[data-testid="first-start"] button.first').click()
  await page.getByTestId('first-start').waitFor({ state: 'detached' })
  return { computer, page, sheet: node.sheet, school }
}

/** The same page where the computer is now: another address is another site, and one signs in again. */
async function openAt(laptop, where, { login, language }) {
  await laptop.page.context().close()
  laptop.page = await openWindow(browser, laptop.computer.address(where), { locale: language })
  await laptop.page.locator('#login').fill(login)
  await laptop.page.locator('#password').fill(PASSWORD)
  await laptop.page.locator('[data-testid="sign-in"] button.first').click()
  await laptop.page.getByTestId('sign-in').waitFor({ state: 'detached' })
}

const connected = (page, count) =>
  answers(page, 'status', ({ peers }) => new Set(peers.filter((peer) => peer.connected).map((peer) => peer.node)).size >= count)
const openMeeting = (page) => page.goto(new URL(`/documents/${meeting}`, page.url()).href)


before(async () => {
  if (!lent) return
  // `week`: where all were a week before, and became a network. `room`: where they meet.
  lans = await Lans.open({ week: '192.168.231', room: '192.168.232' })
  browser = await openBrowser(await lans.browser())
  for (const person of SCHOOLS) {
    const computer = await lans.addComputer()
    await computer.plug('week')
    laptops.push(await desk(computer, 'week', person))
  }
  const pc = await lans.addComputer()
  await pc.plug('week')
  home = await desk(pc, 'week', SCHOOLS[0], laptops[0].sheet)
  const host = laptops[0].page
  const space = await ask(host, 'POST', 'spaces', { name: 'Дала көпірі' })
  for (const { page } of [...laptops.slice(1), home]) {
    const { ticket } = await ask(host, 'POST', `spaces/${space.id}/invitations`, { role: 'member' })
    await ask(page, 'POST', 'join', { ticket })
  }
  for (const { page } of [...laptops, home]) await answers(page, 'spaces', (spaces) => spaces.some(({ id }) => id === space.id))
  meeting = await makeDocument(host, { space: space.id, kind: 'meeting', title: 'Ауыл клубындағы жиналыс', language: 'kk', write_rule: 'everyone' })
  for (const { page } of [...laptops, home]) await arrived(page, meeting)
  // Everybody goes away.
  for (const { computer } of [...laptops, home]) await computer.unplug()
})

after(async () => {
  await browser?.close()
  for (const node of nodes) await node.stop()
  await lans?.remove()
})

test('five laptops on a switch without internet find each other, and two phones sit down with a code', { skip: !lent && 'this machine lends no network namespaces' }, async () => {
  const began = Date.now()
  for (const { computer } of laptops) await computer.plug('room')
  for (const [number, laptop] of laptops.entries()) await openAt(laptop, 'room', SCHOOLS[number])
  for (const { page } of laptops) await connected(page, 4)
  const met = Date.now() - began
  assert.ok(met < MEET_MS, `all have met after ${met} ms`)

  const host = laptops[0].page
  for (const { page } of laptops) await openMeeting(page)
  await host.getByTestId('give-seat').click()
  await host.getByTestId('make-seat').click()
  const code = /[\d ]+$/.exec((await host.getByTestId('seat-code').innerText()).trim())[0].replaceAll(' ', '')
  for (const guest of GUESTS) {
    guest.page = await openWindow(browser, new URL('/seat', laptops[0].computer.address('room')).href, { viewport: PHONE, locale: guest.language })
    const form = guest.page.getByTestId('sit-down')
    await form.locator('#code').fill(code)
    await form.locator('#name').fill(guest.name)
    await form.locator('#school').fill(guest.school)
    await form.getByTestId('sit').click()
    await guest.page.getByTestId('safety').waitFor()
  }
  await host.keyboard.press('Escape')
})

test('all seven write one agenda, and each sees all of it in seconds', { skip: !lent && 'this machine lends no network namespaces' }, async () => {
  const items = [...laptops.map(({ page, school }) => ({ page, title: `Мәселе: ${school}` })), ...GUESTS.map(({ page, school }) => ({ page, title: `Ұсыныс: ${school}` }))]
  await Promise.all(items.map(({ page, title }) => addItem(page, title)))
  const written = Date.now()
  for (const { page } of items) for (const { title } of items) await seeItem(page, title)
  const seen = Date.now() - written
  assert.ok(seen < REACH_MS, `everybody sees everything after ${seen} ms`)
  console.log(`  seven have written one agenda, and all see all of it after ${seen} ms`)
  for (const { page } of items) await page.getByTestId('i-am-here').click()
  const host = laptops[0].page
  await host.waitForFunction(() => document.querySelectorAll('[data-testid="attendant"] input:checked').length === 7, undefined, { timeout: REACH_MS })
  await reached(laptops[4].page, 5, 5)
  await picture(host, 'meeting-lan-host-laptop')
  await picture(GUESTS[0].page, 'meeting-lan-guest-phone')
  await look(host, 'a meeting of seven')
})

test('everybody leaves with the minutes, and at home the school computer gets them from the laptop without being asked', { skip: !lent && 'this machine lends no network namespaces' }, async () => {
  for (const { computer } of laptops) await computer.unplug()
  // The school's computer has heard nothing of the evening.
  await home.computer.plug('week')
  await openAt(home, 'week', SCHOOLS[0])
  await openMeeting(home.page)
  assert.equal(await home.page.getByTestId('agenda-item').count(), 0)
  await laptops[0].computer.plug('week')
  for (const { school } of laptops) await seeItem(home.page, `Мәселе: ${school}`)
  for (const { school } of GUESTS) await seeItem(home.page, `Ұсыныс: ${school}`)
  await home.page.getByTestId('show-minutes').click()
  const minutes = await home.page.getByTestId('minutes').innerText()
  for (const { name } of [...SCHOOLS, ...GUESTS]) assert.ok(minutes.includes(name), `the minutes say ${name}`)
  await picture(home.page, 'meeting-lan-home-minutes')

  // And another director, alone at home with the laptop, has them as well.
  await laptops[3].computer.plug('week')
  await openAt(laptops[3], 'week', SCHOOLS[3])
  await openMeeting(laptops[3].page)
  await seeItem(laptops[3].page, `Ұсыныс: ${GUESTS[1].school}`)
})
