import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { REACH_MS, openBrowser, openWindow, picture, saved, signIn } from './harness/browser.js'
import { startSchools } from './harness/programs.js'

/** Words that stand nowhere else, so that finding one of them means that it has come from here. */
const MONEY = 'Ω500000'
const NAME = 'Ωzhumagul'
const ACTION = 'Ωopen lessons'
const LATER = 'Ωand talks'

let browser
let demo
let tulpar
let others
let page
let copy

before(async () => {
  demo = await startSchools()
  tulpar = demo.schools.find((school) => school.language === 'en')
  others = demo.schools.filter((school) => school !== tulpar)
  browser = await openBrowser()
  page = await desk(tulpar)
})

after(async () => {
  await browser?.close()
  await demo?.stop()
})

async function desk(school) {
  const at = await openWindow(browser, school.page)
  await signIn(at, school.director)
  return at
}

test('a plan that is the school\u2019s own is given to the network as a copy; money and names stay at home', async () => {
  await page.goto(`${tulpar.page}/plans`)
  await page.getByTestId('new-plan').click()
  const form = page.getByTestId('new-document')
  await form.locator('#new-title').fill('Ωour own plan')
  await form.getByTestId('new-from').selectOption({ label: 'Three priorities to start from' })
  await form.locator('#new-space').selectOption({ index: await form.locator('#new-space option').evaluateAll((all) => all.findIndex((each) => each.textContent.includes('only'))) })
  await form.locator('button.first').click()
  await page.getByTestId('go-plan').click()
  await page.locator('[data-testid^="action-what-"]').first().fill(ACTION)
  await page.locator('[data-testid^="responsible-"]').first().fill(NAME)
  await page.getByTestId('action-money').first().fill(MONEY)
  await saved(page)

  await page.getByTestId('go-report').click()
  await page.getByTestId('plan-share-open').click()
  for (const school of others) assert.ok((await page.getByTestId('plan-share-readers').innerText()).includes(school.name), `the page says beforehand that ${school.name} reads it`)
  await picture(page, 'plan-share-laptop')
  await page.getByTestId('plan-consent').check()
  await page.getByTestId('plan-share-go').click()
  copy = (await page.getByTestId('plan-shared').locator('a').getAttribute('href')).split('/').pop()
  await page.getByTestId('plan-shared').locator('button').click()
  await page.getByTestId('plan-given').waitFor()
})

test('the other schools read it, nobody writes in it, and nothing of what stayed at home is in what they hold', async () => {
  for (const school of others) {
    const there = await desk(school)
    await there.getByTestId('rail/plans').click()
    await there.getByTestId('document').filter({ hasText: 'Ωour own plan' }).click({ timeout: REACH_MS })
    await there.getByTestId('go-plan').click()
    await there.locator('[data-testid^="action-what-"]').first().waitFor()
    assert.equal(await there.locator('[data-testid^="action-what-"]').first().inputValue(), ACTION)
    await there.getByTestId('read-only').waitFor()
    await there.context().close()
    const names = await readdir(school.folder, { recursive: true, withFileTypes: true })
    const bytes = await Promise.all(names.filter((entry) => entry.isFile()).map((entry) => readFile(join(entry.parentPath, entry.name))))
    assert.ok(bytes.some((file) => file.includes(Buffer.from(ACTION))), 'words of documents can be found in these files')
    for (const secret of [MONEY, NAME]) assert.ok(!bytes.some((file) => file.includes(Buffer.from(secret))), `no file of ${school.name} holds ${secret}`)
  }
})

test('the copy is brought up to date from the plan', async () => {
  await page.getByTestId('go-plan').click()
  const what = page.locator('[data-testid^="action-what-"]').first()
  await what.click()
  await page.keyboard.press('End')
  await page.keyboard.type(` ${LATER}`)
  await saved(page)
  await page.getByTestId('go-report').click()
  await page.getByTestId('plan-renew').click()
  await page.getByTestId('plan-consent').check()
  await page.getByTestId('plan-share-go').click()
  await page.getByTestId('plan-shared').waitFor()
  const there = await desk(others[0])
  await there.goto(`${others[0].page}/documents/${copy}#step-plan`)
  await there.waitForFunction((words) => document.querySelector('[data-testid^="action-what-"]')?.value.endsWith(words), LATER, { timeout: REACH_MS })
  // At home the copy is read as well: it says what it is, and takes no words of its own.
  await page.goto(`${tulpar.page}/documents/${copy}`)
  await page.locator('[data-testid="read-only"][data-why="copy"]').waitFor()
  await there.context().close()
})
