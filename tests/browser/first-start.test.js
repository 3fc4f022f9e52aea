import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { PHONE, openBrowser, openWindow, picture } from './harness/browser.js'
import { startNode } from './harness/programs.js'

let browser
let node

before(async () => {
  node = await startNode('Koktem School')
  browser = await openBrowser()
})

after(async () => {
  await browser?.close()
  await node?.stop()
})

const director = { name: 'Aigul Sarsenova', login: 'aigul', password: 'first-start-2026' }

async function fill(page, code) {
  for (const [field, value] of Object.entries({ code, ...director })) await page.locator(`#${field}`).fill(value)
  await page.locator('[data-testid="first-start"] button.first').click()
}

test('a wrong code makes no account, the printed one makes the director and opens the desk', async () => {
  const page = await openWindow(browser, node.address)
  await page.getByTestId('first-start').waitFor()
  await picture(page, 'first-start-laptop')
  const wrong = node.setupCode.replace(/[0-9]/g, (digit) => String((Number(digit) + 1) % 10))
  await fill(page, wrong)
  await page.getByTestId('error').waitFor()
  await fill(page, node.setupCode)
  await page.getByTestId('new-plan').waitFor()
  assert.equal(await page.getByTestId('first-start').count(), 0, 'the form for the first account is gone')
  await page.context().close()
})

test('the next visitor is asked to sign in; a wrong password is refused, the right one opens the desk', async () => {
  const page = await openWindow(browser, node.address, { viewport: PHONE })
  const form = page.getByTestId('sign-in')
  await form.waitFor()
  await picture(page, 'sign-in-phone')
  await form.locator('#login').fill(director.login)
  await form.locator('#password').fill('not-the-password')
  await form.locator('button.first').click()
  await page.getByTestId('error').waitFor()
  await form.locator('#password').fill(director.password)
  await form.locator('button.first').click()
  await page.getByTestId('new-plan').waitFor()
  await page.context().close()
})
