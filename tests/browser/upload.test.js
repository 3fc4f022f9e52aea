// A file on its way from a browser over a line that breaks, and over a page that is loaded anew.
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { look } from './harness/axe.js'
import { PHONE, REACH_MS, openBrowser, openWindow, signIn } from './harness/browser.js'
import { ask, makeDocument } from './harness/documents.js'
import { laptop } from './harness/laptop.js'

const TEACHER = { school: 'Birlik School', name: 'Aigul Sarsenova', login: 'aigul', password: 'upload-2026' }
/** The browser sends it in several pieces, as long as the line is quick. */
const FILM = randomBytes(8_000_000)
/** Another one, as long. */
const SECOND = Buffer.from(FILM).reverse()
const NAME = 'Ашық сабақ.bin'

let browser
let node
let page
let folder
let film
let meeting
/** Where the pieces began that the page has sent. */
let offsets = []

const UPLOADS = '**/api/v1/uploads/*'
const open = (from) => from.goto(new URL(`/documents/${meeting}`, from.url()).href)
const row = (name) => page.getByTestId('file').filter({ has: page.getByTestId('file-called').getByText(name, { exact: true }) })
const sending = () => page.getByTestId('sending')
const unfinished = () => page.getByTestId('unfinished-file')

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jeli-upload-'))
  film = join(folder, NAME)
  await writeFile(film, FILM)
  browser = await openBrowser()
  const first = await laptop(browser, TEACHER)
  node = first.node
  const space = (await ask(first.page, 'GET', 'spaces')).find((each) => each.private)
  meeting = await makeDocument(first.page, { space: space.id, kind: 'meeting', title: 'Friday', language: 'en', write_rule: 'everyone' })
  await first.page.close()
  // What a service worker hands on no test can hold up.
  page = await openWindow(browser, node.address, { viewport: PHONE, hasTouch: true, serviceWorkers: 'block' })
  await signIn(page, TEACHER)
  await open(page)
  page.on('request', (request) => request.method() === 'PATCH' && offsets.push(Number(request.headers()['upload-offset'])))
})

after(async () => {
  await browser?.close()
  await node?.stop()
  await rm(folder, { recursive: true, force: true })
})

const strip = () => page.getByTestId('own-files').getByTestId('choose-files')

/** Lets so many pieces pass; resolves when the next one stands still, to what lets go of it. */
function holdAfter(count) {
  return new Promise((held) => {
    let passed = 0
    void page.route(UPLOADS, async (route) => {
      if (route.request().method() !== 'PATCH' || passed++ < count) return route.continue()
      held(() => page.unroute(UPLOADS))
    })
  })
}

/** What the row's link gives, by its SHA-256: the bytes themselves take long from a browser. */
async function content(name) {
  const address = await row(name).getByTestId('save-file').getAttribute('href')
  return page.evaluate(async (from) => {
    const digest = await crypto.subtle.digest('SHA-256', await (await fetch(from)).arrayBuffer())
    return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  }, address)
}
const hashOf = (bytes) => createHash('sha256').update(bytes).digest('hex')

test('a line that drops costs the piece that was on its way, and nobody does anything', async () => {
  const held = holdAfter(2)
  await strip().setInputFiles(film)
  const free = await held
  await page.context().setOffline(true)
  await free()
  await page.waitForFunction(() => !navigator.onLine)
  await sending().waitFor()
  await page.context().setOffline(false)
  await row(NAME).and(page.locator('[data-state="here"]')).waitFor({ timeout: REACH_MS })
  assert.equal(await content(NAME), hashOf(FILM))
  const [, , cut] = offsets
  assert.equal(offsets.filter((offset) => offset < cut).length, 2, 'what came is not sent again')
  assert.ok(offsets.filter((offset) => offset === cut).length > 1, 'the piece that was on its way is')
  assert.equal(await unfinished().count(), 0)
})

test('after the page was loaded anew it is told what was not sent to the end, and the same file goes on where it stood', async () => {
  const again = join(folder, 'Екінші.bin')
  const other = join(folder, 'Басқа.bin')
  await Promise.all([writeFile(again, SECOND), writeFile(other, SECOND.subarray(1))])
  const held = holdAfter(2)
  await strip().setInputFiles(again)
  const free = await held
  const came = offsets.at(-1)
  await page.reload()
  await unfinished().waitFor({ timeout: REACH_MS })
  // Not while the page is loading: what it asks for just then could be lost.
  await free()
  await page.getByTestId('unfinished-told').filter({ hasText: `${Math.floor((100 * came) / SECOND.length)}% sent` }).waitFor()
  assert.equal(await sending().count(), 0)
  await look(page, 'upload-unfinished')

  await unfinished().getByTestId('choose-again').click()
  await page.getByTestId('choose-unfinished').setInputFiles(other)
  await unfinished().getByRole('alert').waitFor()
  await look(page, 'upload-another')
  offsets = []
  // A phone gives it another date each time.
  await utimes(again, new Date(), new Date(Date.now() - 60_000))
  await page.getByTestId('choose-unfinished').setInputFiles(again)
  await row('Екінші.bin').and(page.locator('[data-state="here"]')).waitFor({ timeout: REACH_MS })
  assert.equal(offsets[0], came)
  assert.equal(await content('Екінші.bin'), hashOf(SECOND))
  assert.equal(await unfinished().count(), 0)
  await look(page, 'upload-done')
})

test('it can be thrown away instead, and the node keeps nothing of it', async () => {
  const third = join(folder, 'Үшінші.bin')
  await writeFile(third, FILM)
  const held = holdAfter(1)
  await strip().setInputFiles(third)
  const free = await held
  await page.reload()
  await unfinished().waitFor({ timeout: REACH_MS })
  // Not while the page is loading: what it asks for just then could be lost.
  await free()
  const [upload] = await page.evaluate(() => Object.values(localStorage).flatMap((text) => (text.includes('"upload"') ? [JSON.parse(text).upload] : [])))
  const gone = page.waitForResponse((answer) => answer.request().method() === 'DELETE' && answer.url().endsWith(upload))
  await unfinished().getByTestId('drop-unfinished').click()
  await unfinished().waitFor({ state: 'detached' })
  await page.locator('main:focus').waitFor()
  assert.equal((await gone).status(), 204)
  assert.equal(await page.evaluate(async (id) => (await fetch(`/api/v1/uploads/${id}`)).status, upload), 404)
  await page.reload()
  await page.getByTestId('own-files').waitFor()
  assert.equal(await unfinished().count(), 0)
})
