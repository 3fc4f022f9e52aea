import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { LAPTOP, PHONE, REACH_MS, openBrowser, openDocument, openWindow, picture, signIn, turnLine } from './harness/browser.js'
import { startSchools } from './harness/programs.js'

/** The meeting that the English school leads; every school may write it. */
const MEETING = 'January meeting of the Dala Kopiri network of schools'

let browser
let demo
let tulpar
let rodnik

before(async () => {
  demo = await startSchools()
  rodnik = demo.schools.find((school) => school.language === 'ru')
  tulpar = demo.schools.find((school) => school.language === 'en')
  browser = await openBrowser()
})

after(async () => {
  await browser?.close()
  await demo?.stop()
})

async function desk(school, options) {
  const page = await openWindow(browser, school.page, options)
  await signIn(page, school.director)
  return page
}

function titles(page) {
  return page.getByTestId('agenda-item').locator('h3 textarea').evaluateAll((fields) => fields.map((field) => field.value))
}

async function addItem(page, title) {
  await page.getByTestId('add-agenda-item').click()
  const field = page.getByTestId('agenda-item').last().locator('h3 textarea')
  await field.fill(title)
  await page.locator('[data-testid="safety"][data-saved="saved"]').waitFor()
}

/** Waits until the page shows an item of this title. */
async function seeItem(page, title) {
  await page.waitForFunction(
    (wanted) => [...document.querySelectorAll('[data-testid="agenda-item"] h3 textarea')].some((field) => field.value === wanted),
    title,
    { timeout: REACH_MS },
  )
}

test('the list shows the plans and meetings of all three schools, in the language of the person', async () => {
  for (const school of demo.schools) {
    const page = await desk(school)
    await page.waitForFunction(() => document.querySelectorAll('[data-testid="document"]').length === 6)
    assert.equal(await page.locator('html').getAttribute('lang'), school.language, 'the page speaks the language of the account')
    await picture(page, `documents-${school.language}-laptop`)
    await page.setViewportSize(PHONE)
    await picture(page, `documents-${school.language}-phone`)
    assert.deepEqual(page.faults, [], `nothing goes wrong unseen at ${school.name}`)
    await page.context().close()
  }
})

test('a plan and a meeting are there in full, on a laptop and on a phone', async () => {
  const page = await desk(tulpar)
  await openDocument(page, 'development plan 2026/27')
  await page.waitForFunction(() => document.querySelectorAll('[data-testid="action"]').length === 40)
  assert.equal(await page.getByTestId('goal').count(), 12)
  await picture(page, 'plan-laptop')
  await page.setViewportSize(PHONE)
  await picture(page, 'plan-phone')
  await page.setViewportSize(LAPTOP)
  await page.goto(tulpar.page)
  await openDocument(page, MEETING)
  await page.waitForFunction(() => document.querySelectorAll('[data-testid="agenda-item"]').length >= 8)
  await picture(page, 'meeting-laptop')
  await page.setViewportSize(PHONE)
  await picture(page, 'meeting-phone')
  await page.context().close()
})

test('two schools write one agenda; one is cut off, both go on, the line is joined, and both have all of it', async () => {
  const [here, there] = [await desk(tulpar), await desk(rodnik)]
  await openDocument(here, MEETING)
  await openDocument(there, MEETING)

  await addItem(here, 'Exchange of teachers in spring')
  await seeItem(there, 'Exchange of teachers in spring')
  await addItem(there, 'Олимпиада по физике')
  await seeItem(here, 'Олимпиада по физике')

  await turnLine(there, 'cut')
  await there.getByTestId('agenda-item').first().waitFor()
  await addItem(there, 'Написано без связи')
  await addItem(here, 'Written while the line was cut')
  const [alone, online] = [await titles(there), await titles(here)]
  assert.ok(!alone.includes('Written while the line was cut'), 'nothing comes to the school that is cut off')
  assert.ok(!online.includes('Написано без связи'), 'nothing comes from the school that is cut off')
  await picture(there, 'meeting-cut-laptop')

  await turnLine(there, 'open')
  await seeItem(there, 'Written while the line was cut')
  await seeItem(here, 'Написано без связи')
  assert.deepEqual(await titles(there), await titles(here), 'both pages show the same agenda in the same order')
  await here.locator('[data-testid="safety"][data-reached="3"][data-of="3"]').waitFor({ timeout: REACH_MS })
  await picture(here, 'meeting-joined-laptop')
  for (const page of [here, there]) await page.context().close()
})
