// A plan that a school works with, and all that is seen of it, looked at by axe in both themes.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { look } from './harness/axe.js'
import { PHONE, openBrowser, openDesk, openWindow, saved } from './harness/browser.js'
import { ask } from './harness/documents.js'
import { startSchools } from './harness/programs.js'

const STEPS = ['self_evaluation', 'priorities', 'plan', 'process', 'report']

let browser
let demo
let school
let page
/** The school's own plan, and another school's. */
let plan
let foreign

before(async () => {
  demo = await startSchools()
  browser = await openBrowser()
  school = demo.schools.find(({ language }) => language === 'kk')
  page = await openDesk(browser, school, { locale: 'kk' })
  const plans = (await ask(page, 'GET', 'documents')).filter(({ kind }) => kind === 'plan')
  plan = plans.find(({ owner }) => owner.name === school.name).id
  foreign = plans.find(({ owner }) => owner.name !== school.name).id
})

after(async () => {
  await browser?.close()
  await demo?.stop()
})

/** Opens a plan; `at` is a place in it. */
async function open(id, at = '') {
  await page.goto(new URL(`/documents/${id}${at}`, school.page).href)
  await page.getByTestId('safety').waitFor()
}

test('each of the five steps of a plan, and the menu of an action', async () => {
  await open(plan)
  await page.getByTestId('step-report').waitFor({ state: 'attached' })
  for (const step of STEPS) {
    await page.getByTestId(`go-${step}`).click()
    await page.locator(`[data-testid="step-${step}"]:not([hidden])`).waitFor()
    for (const summary of await page.locator(`[data-testid="step-${step}"] summary`).all()) await summary.click()
    await look(page, `plan-${step}`)
  }
  await page.getByTestId('go-whole').click()
  await page.getByTestId('step-report').waitFor()
  await page.getByTestId('action').first().getByTestId('row-menu').click()
  await page.getByRole('menu').waitFor()
  await look(page, 'plan-menu')
  await page.keyboard.press('Escape')
})

test('a questionnaire by its link, answered, and the page of a link that leads nowhere', async () => {
  await open(plan)
  await page.getByTestId('go-self_evaluation').click()
  await page.getByTestId('survey-link').waitFor()
  const path = new URL(await page.getByTestId('survey-link').inputValue()).pathname
  const parent = await openWindow(browser, new URL(path, school.page).href, { viewport: PHONE, locale: 'kk' })
  await parent.getByTestId('questionnaire').waitFor()
  await look(parent, 'questionnaire')
  await parent.getByTestId('answer-3').first().check()
  await parent.locator('[data-testid="questionnaire"] button.first').click()
  await parent.getByTestId('questionnaire-sent').waitFor()
  await look(parent, 'questionnaire-sent')
  await parent.goto(new URL('/q/nobody-made-this', school.page).href)
  await parent.locator('main p').first().waitFor()
  await look(parent, 'questionnaire-none')
  await parent.context().close()
})

test('remarks beside a plan, on a desk and on a phone; a thread and a request begun from it', async () => {
  await open(plan, '#step-priorities')
  await page.getByTestId('remarks-open').click()
  await page.getByTestId('remarks').waitFor()
  await look(page, 'remarks-none')
  await page.getByTestId('remark-begin').click()
  await page.getByTestId('remark-new').locator('textarea').fill('Бұл жоспар қашан бекітіледі?')
  await look(page, 'remarks-composing')
  await page.getByTestId('remark-new').locator('button.first').click()
  await page.getByTestId('remark').waitFor()
  await page.getByTestId('remark').click()
  await look(page, 'remarks')
  await page.setViewportSize(PHONE)
  await look(page, 'remarks-phone')
  await page.setViewportSize({ width: 1366, height: 768 })
  await page.getByTestId('remarks-close').click()
  await page.getByTestId('talks-open').click()
  await look(page, 'talks')
  await page.getByTestId('talk-about').click()
  await page.getByTestId('thread-begin').waitFor()
  await look(page, 'thread-begin')
  await page.keyboard.press('Escape')
  await page.getByTestId('ask-for').click()
  await page.getByTestId('feedback-ask').waitFor()
  await look(page, 'feedback-ask')
  await page.keyboard.press('Escape')
})

test('the history of a plan with a difference, and a version that gets a name', async () => {
  await open(plan)
  await page.getByTestId('go-priorities').click()
  await page.getByTestId('mission').fill('Әр оқушы ойлануды үйренеді.')
  await saved(page)
  await page.getByTestId('open-history').click()
  await page.getByTestId('moments').waitFor()
  await page.locator('[data-testid^="changed-"] ins').first().waitFor()
  await look(page, 'history')
  await page.getByTestId('name-version').click()
  await page.getByTestId('version-approved').check()
  await look(page, 'history-version')
  await page.keyboard.press('Escape')
})

test("another school's plan, which is read only", async () => {
  await open(foreign)
  await page.getByTestId('read-only').waitFor()
  await look(page, 'read-only')
})

test('nothing went wrong unseen', () => {
  assert.deepEqual(page.faults, [])
})
