import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { PHONE, REACH_MS, openBrowser, openWindow, picture, saved } from './harness/browser.js'
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

async function tryToEnter(page, { login, password }) {
  const form = page.getByTestId('sign-in')
  await form.locator('#login').fill(login)
  await form.locator('#password').fill(password)
  await form.locator('button.first').click()
}

async function enter(page, who) {
  await tryToEnter(page, who)
  await page.getByTestId('rail/').waitFor()
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
  await page.getByTestId('sign-in').waitFor()
  await picture(page, 'sign-in-phone')
  await tryToEnter(page, { login: director.login, password: 'not-the-password' })
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

test('whose account is taken away is out at once, and what they wrote in the plan of the school stays', async () => {
  const teacher = await openWindow(browser, node.address, { viewport: PHONE })
  await enter(teacher, { login: 'marat', password: 'chosen-by-marat' })
  await teacher.goto(new URL('/plans', node.address).href)
  await teacher.getByTestId('new-plan').click()
  await teacher.locator('#new-title').fill('A plan that stays')
  await teacher.locator('[data-testid="new-document"] button.first').click()
  await teacher.getByTestId('mission').click()
  await teacher.keyboard.type('Every pupil is heard.')
  await saved(teacher)

  const desk = await openWindow(browser, node.address)
  await enter(desk, director)
  await desk.goto(new URL('/people', node.address).href)
  const row = desk.getByTestId('person').filter({ hasText: 'Marat Omarov' })
  await row.getByTestId('person-remove').click()
  await picture(desk, 'people-remove-laptop')
  await desk.getByTestId('remove-confirm').click()
  await desk.getByTestId('said').filter({ hasText: 'Marat Omarov' }).waitFor()
  await row.waitFor({ state: 'detached' })
  await teacher.getByTestId('sign-in').waitFor({ timeout: REACH_MS })
  await tryToEnter(teacher, { login: 'marat', password: 'chosen-by-marat' })
  await teacher.getByTestId('error').waitFor()
  await desk.goto(new URL('/plans', node.address).href)
  await desk.getByTestId('document').filter({ hasText: 'A plan that stays' }).click()
  await desk.getByTestId('mission').waitFor()
  assert.equal(await desk.getByTestId('mission').inputValue(), 'Every pupil is heard.')
  for (const page of [teacher, desk]) await page.context().close()
})
