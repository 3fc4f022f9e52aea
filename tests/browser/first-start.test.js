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

/** Signs in where there is no document yet. */
async function enter(page, { login, password }) {
  const form = page.getByTestId('sign-in')
  await form.locator('#login').fill(login)
  await form.locator('#password').fill(password)
  await form.locator('button.first').click()
  await page.getByTestId('new-plan').waitFor()
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
  await enter(page, director)
  await page.context().close()
})

test('whoever has forgotten the password gets a new one from the director, comes in with it, and chooses another', async () => {
  const desk = await openWindow(browser, node.address)
  await enter(desk, director)
  await desk.goto(new URL('/people', node.address).href)
  await desk.getByTestId('add-person').click()
  const marat = { name: 'Marat Omarov', login: 'marat', password: 'soon-forgotten' }
  for (const [field, value] of Object.entries(marat)) await desk.locator(`#person-${field}`).fill(value)
  await desk.locator('[data-testid="new-person"] button.first').click()
  await desk.getByTestId('password-give').click()
  await desk.locator('#new-password').fill('told-by-the-director')
  await desk.locator('[data-testid="password"] button.first').click()
  await desk.getByTestId('said').filter({ hasText: marat.name }).waitFor()
  await picture(desk, 'people-laptop')
  await desk.context().close()

  const page = await openWindow(browser, node.address, { viewport: PHONE })
  await enter(page, { login: marat.login, password: 'told-by-the-director' })
  await page.goto(new URL('/people', node.address).href)
  await page.getByTestId('password-change').click()
  await page.locator('#old').fill('not-the-password')
  await page.locator('#new-password').fill('chosen-by-marat')
  const save = page.locator('[data-testid="password"] button.first')
  await save.click()
  await page.getByTestId('error').waitFor()
  await page.locator('#old').fill('told-by-the-director')
  await save.click()
  await page.getByTestId('said').filter({ hasText: /./ }).waitFor()
  await picture(page, 'people-phone')
  await page.getByTestId('sign-out').click()
  await enter(page, { login: marat.login, password: 'chosen-by-marat' })
  await page.context().close()
})
