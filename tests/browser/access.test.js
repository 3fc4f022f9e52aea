// Every screen is looked at by axe in both themes, and walked without a mouse where a person begins.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { look as lookAt } from './harness/axe.js'
import { PHONE, openBrowser, openWindow, saved, signIn } from './harness/browser.js'
import { startNode } from './harness/programs.js'

const director = { name: 'Aigul Sarsenova', login: 'aigul', password: 'one-school-2026' }
const KINDS = ['plan', 'meeting', 'year', 'notebook', 'portfolio', 'feedback', 'thread']
const LISTS = ['plans', 'meetings', 'projects', 'talk', 'documents']

let browser
let node
let page

before(async () => {
  node = await startNode('Koktem School')
  browser = await openBrowser()
  page = await openWindow(browser, node.address)
})

after(async () => {
  await browser?.close()
  await node?.stop()
})

const look = (name, at = page) => lookAt(at, name)

async function go(path, testid) {
  await page.goto(node.address + path)
  await page.getByTestId(testid).first().waitFor()
}

/** Makes a document as the page does; kinds that this node does not know are left out. */
async function make(kind) {
  return page.evaluate(async (kind) => {
    const spaces = await (await fetch('/api/v1/spaces')).json()
    const body = JSON.stringify({ space: spaces.find((space) => space.private).id, kind, title: `A ${kind}`, language: 'en', write_rule: 'owner' })
    const answer = await fetch('/api/v1/documents', { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    return answer.ok ? (await answer.json()).id : undefined
  }, kind)
}

test('the entrance', async () => {
  await page.getByTestId('first-start').waitFor()
  await look('first-start')
  await page.getByTestId('first-start').locator('summary').click()
  await page.getByTestId('account-file').waitFor()
  await look('first-start-account-file')
  for (const [field, value] of Object.entries({ code: '0000-0000', ...director })) await page.locator(`#${field}`).fill(value)
  await page.locator('[data-testid="first-start"] button.first').click()
  await page.getByTestId('error').waitFor()
  await look('first-start-error')
  // The browser writes down the node's refusal.
  page.faults.length = 0
  await page.locator('#code').fill(node.setupCode)
  await page.locator('[data-testid="first-start"] button.first').click()
  await page.getByTestId('home').waitFor()
  const other = await openWindow(browser, node.address)
  await other.getByTestId('sign-in').waitFor()
  await look('sign-in', other)
  await other.context().close()
})

test('the home and the lists of a school that has nothing yet', async () => {
  await page.getByTestId('first-steps').waitFor()
  await look('home-empty')
  for (const list of LISTS) {
    await go(`/${list}`, 'empty')
    await look(`${list}-empty`)
  }
})

test('a document of each kind, its lists, and the home', async () => {
  for (const kind of KINDS) {
    const id = await make(kind)
    if (!id) continue
    await page.goto(`${node.address}/documents/${id}`)
    // A kind that has no page yet says so.
    await page.locator('[data-testid="sheet"], [data-testid="error"]').first().waitFor()
    await look(kind)
  }
  for (const list of LISTS) {
    await go(`/${list}`, 'document')
    await look(list)
  }
  await go('/', 'document')
  await look('home')
})

test('what opens over a document', async () => {
  await go('/plans', 'document')
  await page.getByTestId('document').first().click()
  await page.getByTestId('safety').waitFor()
  await saved(page)
  await page.getByTestId('safety-open').click()
  await page.getByTestId('safety-more').waitFor()
  await look('safety')
  await page.keyboard.press('Escape')
})

test('the network and the people', async () => {
  await go('/network', 'network')
  await look('network')
  await go('/people', 'people')
  await look('people')
  await page.getByTestId('add-person').click()
  await page.getByTestId('new-person').waitFor()
  await look('new-person')
  await page.keyboard.press('Escape')
  await page.getByTestId('password-change').click()
  await page.getByTestId('password').waitFor()
  await look('password')
  await page.keyboard.press('Escape')
  await page.getByTestId('account-take').click()
  await page.getByTestId('take-account').waitFor()
  await look('take-account')
  await go('/nowhere/at/all', 'nowhere')
  await look('nowhere')
})

test('the dialog for a new document, and the command list', async () => {
  await go('/plans', 'room')
  await page.getByTestId('new-plan').click()
  await page.getByTestId('new-document').waitFor()
  await look('new-document')
  await page.keyboard.press('Escape')
  await page.keyboard.press('Control+k')
  await page.getByTestId('finding').waitFor()
  await look('finding')
  await page.keyboard.type('nothing of this name')
  await look('finding-none')
  await page.keyboard.press('Escape')
})

test('a phone, where what the bar has no room for is under "more"', async () => {
  await page.setViewportSize(PHONE)
  await go('/', 'home')
  await look('home-phone')
  await page.getByTestId('rail-more').click()
  await page.getByTestId('finding').waitFor()
  await look('more-phone')
  await page.getByTestId('command').filter({ hasText: 'Network' }).click()
  await page.getByTestId('network').waitFor()
  assert.equal(await page.locator('nav li:visible').count(), 5, 'the bar holds five things')
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing is wider than the window')
})

/** Opens the command list and waits until it takes letters. */
async function find() {
  await page.keyboard.press('Control+k')
  await page.locator('[data-testid="finding-field"]:focus').waitFor()
}

test('letters typed before the command list is there are its own, and no field behind gets them', async () => {
  const late = await openWindow(browser, node.address, { serviceWorkers: 'block' })
  let give
  const come = new Promise((resolve) => (give = resolve))
  await late.route('**/Finding-*.js', async (route) => {
    await come
    await route.continue()
  })
  await signIn(late, director)
  await late.goto(new URL('/documents', node.address).href)
  await late.getByTestId('document').filter({ hasText: 'A plan' }).click()
  await late.getByTestId('title').fill('A plan')
  await late.keyboard.press('Control+k')
  await late.keyboard.type('new mx')
  await late.keyboard.press('Backspace')
  await late.keyboard.type('eet')
  give()
  await late.locator('[data-testid="finding-field"]:focus').waitFor()
  await late.keyboard.type('ing')
  assert.equal(await late.getByTestId('finding-field').inputValue(), 'new meeting')
  assert.equal(await late.getByTestId('title').inputValue(), 'A plan')
  await late.context().close()
})

test('with the keyboard alone one finds a document, makes one, and changes the theme for good', async () => {
  await page.setViewportSize({ width: 1366, height: 768 })
  await go('/', 'home')
  await find()
  await page.keyboard.type('a PLAN')
  await page.getByTestId('command').filter({ hasText: 'A plan' }).waitFor()
  await page.keyboard.press('Enter')
  await page.waitForFunction(() => document.querySelector('[data-testid="title"]')?.value === 'A plan')

  await find()
  await page.keyboard.type('new meet')
  await page.getByTestId('command').filter({ hasText: 'New meeting' }).waitFor()
  await page.keyboard.press('Enter')
  await page.locator('#new-title').waitFor()
  await page.keyboard.type('Council')
  await page.keyboard.press('Enter')
  await page.waitForFunction(() => document.querySelector('[data-testid="title"]')?.value === 'Council')

  await page.emulateMedia({ colorScheme: 'light' })
  await find()
  await page.keyboard.type('appearance dark')
  await page.getByTestId('command').first().waitFor()
  await page.keyboard.press('Enter')
  await page.locator('html[data-theme="dark"]').waitFor()
  await page.reload()
  await page.locator('html[data-theme="dark"]').waitFor()
  assert.deepEqual(page.faults, [])
})

test('a template is made of a plan as a copy that stands apart in the list, and a new plan begins with what it says', async () => {
  await go('/plans', 'document')
  await page.getByTestId('document').filter({ hasText: 'A plan' }).click()
  await page.getByTestId('mission').fill('Every pupil learns.')
  await saved(page)
  await page.getByTestId('template-make').click()
  await page.getByTestId('template-made').waitFor()
  await page.getByTestId('rail/plans').click()
  await page.getByTestId('template').filter({ hasText: 'A plan' }).waitFor()
  assert.equal(await page.getByTestId('document').count(), 1)
  await look('templates')
  await page.getByTestId('template-use').click()
  await page.locator('#new-title').fill('Our next plan')
  await page.locator('[data-testid="new-document"] button.first').click()
  await page.getByTestId('mission').waitFor()
  await page.waitForFunction(() => document.querySelector('[data-testid="mission"]')?.value === 'Every pupil learns.')
  assert.equal(await page.getByTestId('title').inputValue(), 'Our next plan')
  await saved(page)
})
