import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { PHONE, REACH_MS, openBrowser, openWindow, picture, saved } from './harness/browser.js'
import { ask } from './harness/documents.js'
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

test('the head takes the account to a laptop, is the same person there, and has the own notebook and the tasks', async () => {
  const desk = await openWindow(browser, node.address)
  await enter(desk, director)
  await desk.goto(new URL('/people', node.address).href)
  await desk.getByTestId('account-take').click()
  await desk.locator('#old').fill('not-the-password')
  await desk.locator('[data-testid="take-account"] button.first').click()
  await desk.getByTestId('error').waitFor()
  await desk.locator('#old').fill(director.password)
  await picture(desk, 'take-account-laptop')
  const saving = desk.waitForEvent('download')
  await desk.locator('[data-testid="take-account"] button.first').click()
  const file = await (await saving).path()
  await desk.getByTestId('said').filter({ hasText: 'aigul.jeli-account' }).waitFor()
  const home = await ask(desk, 'GET', 'me')
  const { space } = await ask(desk, 'POST', 'documents', { space: (await ask(desk, 'GET', 'spaces')).find((each) => each.private).id, kind: 'notebook', title: 'My own', language: 'en', write_rule: 'owner' })
  const { ticket } = await ask(desk, 'POST', `spaces/${space}/invitations`, { role: 'member' })

  const laptop = await startNode('Koktem School', node.sheet)
  try {
    const page = await openWindow(browser, laptop.address)
    await page.getByTestId('first-start').locator('summary').click()
    await page.getByTestId('account-file').setInputFiles({ name: 'x.jeli-account', mimeType: 'text/plain', buffer: Buffer.from('{"jeli_account":1}') })
    await page.getByTestId('error').waitFor()
    await page.getByTestId('account-file').setInputFiles(file)
    await page.getByTestId('account-file-of').filter({ hasText: director.name }).waitFor()
    assert.equal(await page.locator('#login').inputValue(), director.login)
    await picture(page, 'first-start-with-account-laptop')
    await page.locator('#code').fill(laptop.setupCode)
    await page.locator('#password').fill('only-on-the-laptop')
    await page.locator('[data-testid="first-start"] button.first').click()
    await page.getByTestId('home').waitFor()
    assert.equal((await ask(page, 'GET', 'me')).reference, home.reference)
    await ask(page, 'POST', 'join', { ticket })
    await page.goto(new URL('/documents', laptop.address).href)
    await page.getByTestId('document').filter({ hasText: 'My own' }).waitFor({ timeout: REACH_MS })
    assert.deepEqual(page.faults, [])
    await page.context().close()
  } finally {
    await laptop.stop()
  }
  await desk.context().close()
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
