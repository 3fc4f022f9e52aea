// Every screen of schools at work, full of their documents, and what opens over it, looked at by axe in both themes.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { look } from './harness/axe.js'
import { PHONE, REACH_MS, openBrowser, openDesk, openWindow } from './harness/browser.js'
import { ask } from './harness/documents.js'
import { startSchools } from './harness/programs.js'

const LISTS = ['plans', 'meetings', 'projects', 'talk', 'documents']

let browser
let demo
let school
let page
let documents

before(async () => {
  demo = await startSchools()
  browser = await openBrowser()
  school = demo.schools.find(({ language }) => language === 'kk')
  page = await openDesk(browser, school, { locale: 'kk' })
  documents = await ask(page, 'GET', 'documents')
})

after(async () => {
  await browser?.close()
  await demo?.stop()
})

/** A document of the kind: the school's own, or else the network's. */
function one(kind) {
  const all = documents.filter((document) => document.kind === kind)
  return (all.find(({ owner }) => owner.name === school.name) ?? all[0]).id
}

async function go(path, testid) {
  await page.goto(new URL(path, school.page).href)
  await page.getByTestId(testid).first().waitFor()
}

async function open(id, testid = 'safety') {
  await go(`/documents/${id}`, testid)
}

test('the home, the lists, the network, the people, and what stands apart', async () => {
  await go('/', 'tasks')
  await look(page, 'school-home')
  for (const list of LISTS) {
    await go(`/${list}`, 'document')
    await look(page, `school-${list}`)
  }
  await go('/network', 'school')
  await look(page, 'school-network')
  await page.getByTestId('invite').first().click()
  await page.getByTestId('make-ticket').click()
  await page.getByTestId('ticket').waitFor()
  await look(page, 'school-invite')
  await page.keyboard.press('Escape')
  await page.getByTestId('join').click()
  await page.getByTestId('join-go').waitFor()
  await look(page, 'school-join')
  await page.keyboard.press('Escape')
  await go('/people', 'person')
  await look(page, 'school-people')
  await go('/away', 'away')
  await look(page, 'school-away')
})

test('a phone that is made ready, at the node itself and over the Wi-Fi in the clear', async () => {
  const phone = await openWindow(browser, school.page, { viewport: PHONE, locale: 'kk' })
  for (const standing of ['here', 'open']) {
    await phone.route('**/api/v1/secure', (route) => route.fulfill({ json: { port: 4443, fingerprint: Array(32).fill('A7').join(' ') } }))
    await phone.goto(new URL('/phone', school.page).href)
    await phone.getByTestId('fingerprint').waitFor()
    await look(phone, `phone-ready-${standing}`)
    await phone.addInitScript(() => Object.defineProperty(window, 'isSecureContext', { get: () => false }))
  }
  await phone.context().close()
})

test('a meeting, its minutes, the seat for a guest, and the desk of the guest', async () => {
  const meeting = one('meeting')
  await open(meeting)
  await look(page, 'meeting')
  await page.getByTestId('show-minutes').click()
  await page.getByTestId('minutes').waitFor()
  await look(page, 'meeting-minutes')
  await page.getByTestId('back-to-writing').click()
  await page.getByTestId('task').first().getByTestId('row-menu').click()
  await page.getByTestId('link-action').click()
  await page.getByTestId('choose-actions').locator('button').first().waitFor()
  await look(page, 'meeting-choose-action')
  await page.keyboard.press('Escape')
  await page.getByTestId('prepare-next').click()
  await page.getByRole('dialog').waitFor()
  await look(page, 'meeting-next')
  await page.keyboard.press('Escape')

  await page.getByTestId('give-seat').click()
  await page.getByTestId('make-seat').click()
  const code = /[\d ]+$/.exec((await page.getByTestId('seat-code').innerText()).trim())[0].replaceAll(' ', '')
  await look(page, 'meeting-seat')
  const guest = await openWindow(browser, new URL('/seat', school.page).href, { viewport: PHONE, locale: 'kk' })
  const form = guest.getByTestId('sit-down')
  await form.waitFor()
  await look(guest, 'seat')
  for (const [field, words] of Object.entries({ code, name: 'Гүлнар Әбдіқалықова', school: '«Қарлығаш» гимназиясы' })) await form.locator(`#${field}`).fill(words)
  await form.getByTestId('sit').click()
  await guest.getByTestId('safety').waitFor()
  await look(guest, 'seat-guest')
  await page.getByTestId('end-seat').click()
  await guest.getByTestId('seat-ended').waitFor({ timeout: REACH_MS })
  await look(guest, 'seat-ended')
  await guest.context().close()
  await page.keyboard.press('Escape')
})

test('the year plan, the portfolio, the thread and the request for feedback', async () => {
  for (const kind of ['year', 'portfolio', 'thread', 'feedback']) {
    await open(one(kind))
    await look(page, `school-${kind}`)
  }
  await open(one('portfolio'))
  await page.getByTestId('choose-link').first().click()
  await page.getByTestId('link-document').first().waitFor()
  await look(page, 'choose-link')
  await page.keyboard.press('Escape')
})

test('a notebook, the dialog that shares of it, and the copy', async () => {
  await open(one('notebook'), 'step')
  await look(page, 'notebook')
  await page.getByTestId('write-entry').click()
  await look(page, 'notebook-entry')
  await page.getByTestId('entry-done').click()
  await page.getByTestId('step').first().getByTestId('row-menu').click()
  await page.getByTestId('share').click()
  await page.getByTestId('share-form').waitFor()
  await page.getByTestId('under-pseudonym').check()
  await look(page, 'notebook-share')
  await page.getByTestId('pseudonym').fill('Дала мұғалімі')
  await page.getByTestId('share-title').fill('Сұрақтан кейінгі үзіліс')
  await page.getByTestId('consent-me').check()
  await page.getByTestId('share-go').click()
  await page.getByTestId('shared-done').waitFor()
  await look(page, 'notebook-shared')
  await page.getByTestId('shared-done').locator('a').click()
  await page.getByTestId('signed').waitFor()
  await look(page, 'notebook-copy')
})

test('on a phone: the home, a list, and a document of each kind', async () => {
  await page.setViewportSize(PHONE)
  await go('/', 'tasks')
  await look(page, 'phone-home')
  await go('/documents', 'document')
  await look(page, 'phone-documents')
  for (const kind of ['plan', 'meeting', 'year', 'notebook', 'portfolio', 'thread', 'feedback']) {
    await open(one(kind))
    await look(page, `phone-${kind}`)
  }
})

test('nothing went wrong unseen', () => {
  assert.deepEqual(page.faults, [])
})
