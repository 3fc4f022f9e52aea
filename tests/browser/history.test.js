import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { PHONE, REACH_MS, openBrowser, openDesk, openDocument, picture, saved } from './harness/browser.js'
import { startSchools } from './harness/programs.js'

let browser
let demo
let tulpar
let rodnik
const TITLE = 'A meeting with a history'
const FIRST = 'Every pupil learns something.'
const SECOND = 'Every pupil learns a lot.'

before(async () => {
  demo = await startSchools()
  browser = await openBrowser()
  const of = (language) => demo.schools.find((school) => school.language === language)
  tulpar = of('en')
  rodnik = of('ru')
})

after(async () => {
  await browser?.close()
  await demo?.stop()
})

const decision = (page, index) => page.getByTestId('decision').nth(index).locator('textarea').first()

async function openHistory(page) {
  await page.getByTestId('open-history').click()
  await page.getByTestId('moments').waitFor()
}

async function backToSheet(page) {
  await page.getByTestId('back-to-document').click()
  await page.getByTestId('add-decision').waitFor()
}

async function decide(page, words) {
  const before = await page.getByTestId('decision').count()
  await page.getByTestId('add-decision').click()
  await decision(page, before).fill(words)
  await saved(page)
}

let here

test('a meeting is written, named as a version that is approved, and the sheet says so', async () => {
  here = await openDesk(browser, tulpar)
  await here.goto(`${tulpar.page}/meetings`)
  await here.getByTestId('new-meeting').first().click()
  const form = here.getByTestId('new-document')
  await form.locator('#new-title').fill(TITLE)
  await form.locator('#new-space').selectOption({ label: 'Дала көпірі' })
  await form.locator('[name="writers"]').last().check()
  await form.locator('button.first').click()
  await here.getByTestId('add-decision').waitFor()
  await decide(here, FIRST)
  await decide(here, 'Reading in every lesson')

  await openHistory(here)
  await here.getByTestId('moment-moment').filter({ hasText: tulpar.director.name }).first().waitFor()
  assert.ok((await here.getByTestId('moments').innerText()).includes(tulpar.name), 'the school stands beside the name')
  await here.getByTestId('name-version').click()
  await here.locator('#version-title').fill('Before the council')
  await here.getByTestId('version-approved').check()
  await here.locator('#version-protocol').fill('No. 4')
  await here.locator('[data-testid="version-form"] button.first').click()
  await here.getByTestId('moment-version').filter({ hasText: 'Before the council' }).waitFor()
  await backToSheet(here)
  await here.getByTestId('approved').filter({ hasText: 'No. 4' }).waitFor()
  assert.equal(await here.getByTestId('approved').locator('a').count(), 0, 'nothing was changed since')
  await picture(here, 'approved-laptop')
})

test('another school changes it: both see who it was, from where, and what became of each word', async () => {
  const there = await openDesk(browser, rodnik)
  await there.getByTestId('document').filter({ hasText: TITLE }).waitFor({ timeout: REACH_MS })
  await openDocument(there, TITLE)
  await there.getByTestId('add-decision').waitFor()
  await there.getByTestId('approved').waitFor({ timeout: REACH_MS })
  await decision(there, 0).fill(SECOND)
  await there.getByTestId('decision').nth(1).getByTestId('remove').click()
  await saved(there)

  await here.waitForFunction((words) => document.querySelector('[data-testid="decision"] textarea')?.value === words, SECOND, { timeout: REACH_MS })
  const since = here.getByTestId('approved').locator('a')
  await since.filter({ hasText: /\b2\b/ }).waitFor({ timeout: REACH_MS })
  await since.click()
  await here.getByTestId('moments').waitFor()
  const theirs = here.getByTestId('moment-moment').filter({ hasText: rodnik.director.name }).first()
  await theirs.filter({ hasText: rodnik.name }).waitFor()
  await here.getByTestId('since-version').click()
  const changed = here.locator('[data-testid^="changed-decisions-"][data-testid$="-text"]').filter({ has: here.locator('del') }).first()
  await changed.waitFor()
  assert.deepEqual([await changed.locator('del').allInnerTexts(), await changed.locator('ins').allInnerTexts()].map((each) => each.join('').trim()), ['something', 'a lot'])
  await here.getByTestId('changed-item').filter({ hasText: 'Reading in every lesson' }).waitFor()
  await picture(here, 'history-laptop')
  await here.setViewportSize(PHONE)
  assert.ok(await here.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), 'the history fits a phone')
  await picture(here, 'history-phone')
  await here.setViewportSize({ width: 1366, height: 768 })

  await theirs.getByTestId('show-moment').click()
  await changed.waitFor()
  await there.context().close()
})

test('an item and then the whole document are put back as they were, as changes that can be taken back', async () => {
  await here.getByTestId('since-version').click()
  const item = here.getByTestId('changed-item').filter({ hasText: 'Reading in every lesson' })
  await item.getByTestId('restore').first().click()
  await item.waitFor({ state: 'detached' })
  await here.getByTestId('restore-version').click()
  await here.getByTestId('no-difference').waitFor()
  await here.getByTestId('undo').click()
  await here.locator('[data-testid^="changed-decisions-"][data-testid$="-text"]').filter({ has: here.locator('del') }).first().waitFor()
  await here.getByTestId('restore-version').click()
  await here.getByTestId('no-difference').waitFor()
  await backToSheet(here)
  await saved(here)
  assert.equal(await decision(here, 0).inputValue(), FIRST)
  assert.equal(await decision(here, 1).inputValue(), 'Reading in every lesson')
  assert.deepEqual(here.faults, [], 'nothing goes wrong unseen')
  await here.context().close()
})
