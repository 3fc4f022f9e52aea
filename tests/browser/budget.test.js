// What the connection costs: a director chooses how it is used, the page says what waits, and one word lets it go.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { look } from './harness/axe.js'
import { LAPTOP, PHONE, REACH_MS, openBrowser, openDesk, picture } from './harness/browser.js'
import { startSchools } from './harness/programs.js'

let browser
let demo

before(async () => {
  demo = await startSchools()
  browser = await openBrowser()
})

after(async () => {
  await browser?.close()
  await demo?.stop()
})

async function toBudget(page) {
  await page.goto(new URL('/network', page.url()).href)
  await page.getByTestId('budget-used').waitFor({ timeout: REACH_MS })
}

/** What was chosen is kept: the dialog has gone, with the node for a moment or without it. */
async function kept(page, held) {
  await page.getByTestId('budget-keep').waitFor({ state: 'detached', timeout: REACH_MS })
  await page.locator(`[data-testid="budget"][data-held="${held}"]`).waitFor({ timeout: REACH_MS })
}

/** Opens the dialog, fills it in and keeps it. */
async function choose(page, { mode, limit, from, until, price }) {
  await page.getByTestId('budget-choose').click()
  await page.getByTestId(`budget-mode-${mode}`).check()
  if (limit !== undefined) await page.getByTestId('budget-limit').fill(limit)
  if (from !== undefined || price !== undefined) {
    const more = page.locator('details').filter({ has: page.getByTestId('budget-price') })
    if (!(await more.evaluate((element) => element.open))) await more.locator('summary').click()
  }
  if (from !== undefined) await page.getByTestId('budget-from').selectOption(from)
  if (until !== undefined) await page.getByTestId('budget-until').selectOption(until)
  if (price !== undefined) await page.getByTestId('budget-price').fill(price)
  await page.getByTestId('budget-keep').click()
}

for (const [number, language, viewport] of [[0, 'kk', LAPTOP], [1, 'ru', PHONE], [2, 'en', LAPTOP]]) {
  test(`a director opens the line by hand, sets a limit and a price, and takes it back (${language})`, async () => {
    const page = await openDesk(browser, demo.schools[number], { locale: language, viewport })
    await toBudget(page)
    const budget = page.getByTestId('budget')
    assert.equal(await budget.getAttribute('data-mode'), 'free', 'nobody has chosen anything')

    await choose(page, { mode: 'by_hand', limit: '-5' })
    await page.getByRole('alert').waitFor()
    assert.equal(await budget.getAttribute('data-mode'), 'free', 'what is no limit is not kept')
    await page.getByTestId('budget-limit').fill(language === 'en' ? '500' : '500,5')
    await page.locator('details').filter({ has: page.getByTestId('budget-price') }).locator('summary').click()
    await page.getByTestId('budget-from').selectOption('0')
    await page.getByTestId('budget-until').selectOption('0')
    await page.getByTestId('budget-keep').click()
    await page.getByRole('alert').waitFor()
    await page.getByTestId('budget-from').selectOption('')
    await page.getByTestId('budget-until').selectOption('')
    await page.getByTestId('budget-price').fill(language === 'en' ? '1.5' : '1,5')
    await look(page, `budget-choose-${language}`)
    await picture(page, `budget-choose-${language}`)
    await page.getByTestId('budget-keep').click()
    await kept(page, 'by_hand')
    assert.equal(await budget.getAttribute('data-held'), 'by_hand')
    assert.match(await page.getByTestId('budget-used').innerText(), /500/, 'the limit is told')
    await look(page, `budget-held-${language}`)
    await picture(page, `budget-held-${language}`)
    await page.getByTestId('budget-open').click()
    await page.getByTestId('budget-close').waitFor()
    assert.equal(await budget.getAttribute('data-held'), 'no', 'the word lets it go')
    await picture(page, `budget-opened-${language}`)
    await page.getByTestId('budget-close').click()
    await page.getByTestId('budget-open').waitFor()

    await choose(page, { mode: 'auto', limit: '', price: '' })
    await kept(page, 'no')
    assert.equal(await budget.getAttribute('data-mode'), 'free', 'as it was')
    await page.close()
  })
}
