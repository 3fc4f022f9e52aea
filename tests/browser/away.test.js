import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { REACH_MS, openBrowser, openWindow, picture, saved, seeWords } from './harness/browser.js'
import { startNode } from './harness/programs.js'

const director = { name: 'Aigul 👩‍🏫 \u200FSarsenova', login: 'aigul', password: 'away-from-school-2026' }
const teacher = { name: '<b onclick="x">Ivan</b>', login: 'ivan', password: 'another-person-2026', role: 'teacher', language: 'en' }

/** What the browser may keep when nobody is signed in: the language and the look chosen at it, and for how long it has been used. */
const NOBODYS = ['jeli.language', 'jeli.theme', 'jeli.clock']

/** A script in a text is text. */
const TITLE = 'Development plan <img src=x onerror="window.harmed=1">'

let browser
let node
let page

before(async () => {
  node = await startNode('Koktem School')
  browser = await openBrowser()
  page = await openWindow(browser, node.address)
  // A page that loses its node has faults of its own to tell; those of the network are the point of these tests.
  for (const [field, value] of Object.entries({ code: node.setupCode, ...director })) await page.locator(`#${field}`).fill(value)
  await page.locator('[data-testid="first-start"] button.first').click()
  await page.getByTestId('new-plan').click()
  await page.locator('#new-title').fill(TITLE)
  await page.locator('[data-testid="new-document"] button.first').click()
  await page.getByTestId('mission').waitFor()
})

after(async () => {
  await browser?.close()
  await node?.stop()
})

const mission = (at = page) => at.getByTestId('mission').inputValue()
const writeBehind = async (at, words) => {
  await at.getByTestId('mission').click()
  await at.keyboard.press('Control+End')
  await at.keyboard.type(words)
}
/** Nothing of what was written would go with the tab. */
const onThisDevice = (at = page) => at.locator('[data-testid="safety"][data-saved="held"][data-kept="device"]').waitFor()
const unexpected = (faults) => faults.filter((fault) => !/Failed to load resource|WebSocket|ERR_|net::|EventSource/.test(fault))
const enter = async (person) => {
  const form = page.getByTestId('sign-in')
  await form.locator('#login').fill(person.login)
  await form.locator('#password').fill(person.password)
  await form.locator('button.first').click()
  await page.getByTestId('rail/').waitFor()
}
const openAnew = async () => {
  const anew = await page.context().newPage()
  anew.faults = page.faults
  anew.on('pageerror', (error) => anew.faults.push(error.message))
  return anew
}

test('words that the school computer has not got are on this device when the tab is closed, and come to it at the next opening', async () => {
  await writeBehind(page, 'Every pupil learns.')
  await saved(page)
  const address = page.url()
  await node.end()
  await writeBehind(page, ' Without a line.')
  await onThisDevice()
  assert.match(await page.getByTestId('saved-here').innerText(), /saved on this device/)
  const anew = await openAnew()
  await page.close()
  page = anew
  await node.begin()
  await page.goto(address)
  await page.getByTestId('mission').waitFor({ timeout: REACH_MS })
  await saved(page)
  assert.equal(await mission(), 'Every pupil learns. Without a line.')
})

test('they come to it also when nobody opens the document again', async () => {
  await node.end()
  await writeBehind(page, ' Sent by itself.')
  await onThisDevice()
  const anew = await openAnew()
  await page.close()
  page = anew
  await node.begin()
  await page.goto(node.address)
  await page.getByTestId('away-returned').waitFor({ timeout: REACH_MS })
  await page.getByTestId('document').click()
  await page.getByTestId('mission').waitFor()
  assert.equal(await mission(), 'Every pupil learns. Without a line. Sent by itself.')
})

test('a page that nobody has chosen to keep documents for opens without the node and shows none', async () => {
  await page.goto(new URL('/away', node.address).href)
  await page.locator('[data-testid="where"][data-opens="works"]').waitFor({ timeout: REACH_MS })
  await picture(page, 'away')
  await node.end()
  await page.reload()
  await page.locator('h1', { hasText: 'does not answer' }).waitFor({ timeout: REACH_MS })
  assert.equal(await page.getByTestId('document').count(), 0)
  await node.begin()
  await page.getByTestId('away').waitFor({ timeout: REACH_MS })
})

test('who keeps documents on this device works on without the node, closes, opens again, returns, and all is merged', async () => {
  await page.goto(new URL('/people', node.address).href)
  await page.getByTestId('keep-switch').click()
  await page.locator('[data-testid="keep"][data-on="true"]').waitFor()
  await page.getByTestId('rail/').click()
  await page.getByTestId('document').click()
  await page.getByTestId('mission').waitFor()
  await page.getByTestId('rail/people').click()
  await page.getByText('1 document kept').waitFor({ timeout: REACH_MS })
  await picture(page, 'keep')

  await node.end()
  await page.goto(node.address)
  await page.getByTestId('away-as-of').waitFor({ timeout: REACH_MS })
  await picture(page, 'away-list')
  await page.getByTestId('document').click()
  await page.getByTestId('mission').waitFor()
  assert.match(await mission(), /Sent by itself\.$/)
  assert.match(await page.getByTestId('readers').innerText(), /our school/, 'who can read is said also now')
  await writeBehind(page, ' On the bus.')
  await onThisDevice()

  await page.getByTestId('language-ru').click()
  await page.locator('html[lang="ru"]').waitFor()
  assert.match(await page.getByTestId('saved-here').innerText(), /сохранено на этом устройстве/)
  assert.match(await mission(), /On the bus\.$/, 'another language changes no word')
  await picture(page, 'away-document')

  const address = page.url()
  const anew = await openAnew()
  await page.close()
  page = anew
  await page.goto(address)
  await page.getByTestId('mission').waitFor({ timeout: REACH_MS })
  assert.equal(await page.locator('html').getAttribute('lang'), 'ru', 'the language chosen away stays')
  assert.match(await mission(), /On the bus\.$/)
  await onThisDevice()
  await writeBehind(page, ' And at home.')
  await onThisDevice()

  await node.begin()
  await page.locator('[data-testid="safety"][data-saved="saved"]').waitFor({ timeout: REACH_MS })
  await page.reload()
  await page.getByTestId('mission').waitFor({ timeout: REACH_MS })
  assert.equal(await mission(), 'Every pupil learns. Without a line. Sent by itself. On the bus. And at home.')
  assert.equal(await page.locator('html').getAttribute('lang'), 'ru', 'the node has heard of the language')
  await page.getByTestId('language-en').click()
  await page.locator('html[lang="en"]').waitFor()
})

test('a browser without room says so, and the words stay in the tab', async () => {
  await node.end()
  await page.evaluate(() => {
    const put = IDBObjectStore.prototype.put
    window.roomAgain = () => (IDBObjectStore.prototype.put = put)
    IDBObjectStore.prototype.put = () => {
      throw new DOMException('no room', 'QuotaExceededError')
    }
  })
  await writeBehind(page, ' No room.')
  await page.getByTestId('full').waitFor()
  assert.match(await page.getByTestId('saved-here').innerText(), /only in this tab/)
  await picture(page, 'away-full')
  await page.evaluate(() => void window.roomAgain())
  await onThisDevice()
  await node.begin()
  await page.locator('[data-testid="safety"][data-saved="saved"]').waitFor({ timeout: REACH_MS })
  assert.match(await mission(), / No room\.$/)
})

test('two tabs of one document lose nothing and double nothing', async () => {
  const other = await openAnew()
  await other.goto(page.url())
  await other.getByTestId('mission').waitFor()
  await node.end()
  await writeBehind(page, ' First tab.')
  await onThisDevice()
  await other.getByTestId('rich-narrative').locator('.ProseMirror').click()
  await other.keyboard.type('Second tab.')
  await onThisDevice(other)
  await other.close()
  await page.reload()
  await seeWords(page, 'rich-narrative', 'Second tab.')
  assert.match(await mission(), /No room\. First tab\.$/)
  await node.begin()
  await page.locator('[data-testid="safety"][data-saved="saved"]').waitFor({ timeout: REACH_MS })
  await page.reload()
  await seeWords(page, 'rich-narrative', 'Second tab.')
  assert.equal((await mission()).split('First tab.').length, 2, 'once')
})

test('a session that ends in the middle keeps the words and the place; the same person comes back to both', async () => {
  await node.end()
  await writeBehind(page, ' Signed out.')
  await onThisDevice()
  await page.context().clearCookies()
  await node.begin()
  await page.getByTestId('sign-in').waitFor({ timeout: REACH_MS })
  assert.equal(await page.getByTestId('mission').isVisible(), false, 'whoever is not signed in sees nothing of it')
  await enter(director)
  await page.locator('[data-testid="safety"][data-saved="saved"]').waitFor({ timeout: REACH_MS })
  assert.match(await mission(), / Signed out\.$/)
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('data-testid')), 'mission', 'and stands in the same field')
})

test('another person at the same browser gets nothing of what was kept, and the words wait for whoever wrote them', async () => {
  await page.evaluate(async (person) => {
    await fetch('/api/v1/people', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(person) })
  }, teacher)
  await node.end()
  await writeBehind(page, ' For me alone.')
  await onThisDevice()
  await page.context().clearCookies()
  await node.begin()
  await page.getByTestId('sign-in').waitFor({ timeout: REACH_MS })
  await enter(teacher)
  await page.getByTestId('rail/').click()
  await page.getByTestId('document').click()
  await page.getByTestId('mission').waitFor()
  assert.doesNotMatch(await mission(), /For me alone/)
  const left = await page.evaluate(async () => {
    const counts = {}
    for (const { name } of await indexedDB.databases()) {
      const database = await new Promise((resolve) => (indexedDB.open(name).onsuccess = (event) => resolve(event.target.result)))
      for (const table of ['documents', 'contents', 'answers', 'unsent'])
        counts[table] = (counts[table] ?? 0) + (await new Promise((resolve) => (database.transaction(table).objectStore(table).count().onsuccess = (event) => resolve(event.target.result))))
      database.close()
    }
    return counts
  })
  assert.deepEqual([left.documents, left.contents, left.answers], [0, 0, 0], 'nothing that was kept is here while somebody else is')
  assert.ok(left.unsent > 0, 'but for the words that are nowhere else')

  await page.getByTestId('rail/people').click()
  await page.getByTestId('sign-out').click()
  await page.getByTestId('sign-in').waitFor()
  await enter(director)
  await page.getByTestId('away-returned').waitFor({ timeout: REACH_MS })
  await page.getByTestId('document').click()
  await page.getByTestId('mission').waitFor()
  assert.match(await mission(), / For me alone\.$/)
})

test('names with signs of all kinds are shown as text; signing out leaves nothing on the device', async () => {
  await page.getByTestId('rail/people').click()
  await page.getByTestId('person').filter({ hasText: teacher.name }).waitFor()
  await page.getByText(director.name, { exact: true }).first().waitFor()
  await page.getByTestId('sign-out').click()
  await page.getByTestId('sign-in').waitFor()
  const names = await page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name))
  assert.deepEqual(names, [], 'no database is left')
  const keys = await page.evaluate(() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)])
  assert.deepEqual(keys.filter((key) => !NOBODYS.includes(key)), [], 'no key tells who was here, or of what')
  assert.equal(await page.evaluate(() => window.harmed), undefined)
  assert.deepEqual(unexpected(page.faults), [])
})
