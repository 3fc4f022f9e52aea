// The page of the files that a school keeps: how much room they take, who else has them, what stays in any case; and the last copy, which does not go
// without a warning.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { look } from './harness/axe.js'
import { PHONE, REACH_MS, openBrowser, openWindow, saved, signIn } from './harness/browser.js'
import { answers, ask, makeDocument } from './harness/documents.js'
import { laptop } from './harness/laptop.js'

const HOST = { school: 'Birlik School', name: 'Aigul Sarsenova', login: 'aigul', password: 'room-2026-birlik' }
const NEIGHBOUR = { school: 'Rodnik Lyceum', name: 'Olga Melnik', login: 'olga', password: 'room-2026-rodnik' }
const zip = (name, bytes) => ({ name, mimeType: 'application/zip', buffer: Buffer.concat([Buffer.from('PK\x03\x04'), randomBytes(bytes)]) })
/** Too large to come by themselves. */
const GUIDE = zip('Сабақ жоспары.zip', 3_000_000)
const DRAFT = zip('Old drafts.zip', 2_000_000)
/** Comes by itself. */
const NOTE = { name: 'Зал.txt', mimeType: 'text/plain', buffer: Buffer.from('Ключ у завхоза.\n') }

let browser
let birlik
let rodnik
let host
let neighbour
let meeting

const go = (page, path) => page.goto(new URL(path, page.url()).href)
const openMeeting = (page) => go(page, `/documents/${meeting}`)
const row = (page, { name }) => page.getByTestId('file').filter({ has: page.getByTestId('file-called').getByText(name, { exact: true }) })
const here = (page, file) => row(page, file).and(page.locator('[data-state="here"]')).waitFor({ timeout: REACH_MS })
const kept = (page, { name }) => page.getByTestId('kept-file').filter({ has: page.getByTestId('kept-name').getByText(name, { exact: true }) })

/** The colour of where a row says that its file is; or of a token, as the page draws it. */
async function hue(place, token) {
  if (token === undefined) return place.getByTestId('kept-where').evaluate((words) => getComputedStyle(words).color)
  return place.evaluate((name) => {
    const probe = document.body.appendChild(Object.assign(document.createElement('i'), { style: `color: var(${name})` }))
    const { color } = getComputedStyle(probe)
    probe.remove()
    return color
  }, token)
}

async function choose(page, place, item) {
  await place.getByTestId('row-menu').click()
  await page.getByTestId(item).click()
}

before(async () => {
  browser = await openBrowser()
  ;({ node: birlik, page: host } = await laptop(browser, HOST))
  ;({ node: rodnik, page: neighbour } = await laptop(browser, NEIGHBOUR))
  const space = await ask(host, 'POST', 'spaces', { name: 'The valley' })
  const { ticket } = await ask(host, 'POST', `spaces/${space.id}/invitations`, { role: 'member' })
  await ask(neighbour, 'POST', 'join', { ticket })
  meeting = await makeDocument(host, { space: space.id, kind: 'meeting', title: 'Friday', language: 'en', write_rule: 'everyone' })
  await answers(neighbour, 'documents', (documents) => documents.some(({ id, state }) => id === meeting && state === 'here'))
  await openMeeting(host)
  await host.getByTestId('add-agenda-item').click()
  await host.keyboard.type('The hall before and after')
  await saved(host)
  await host.getByTestId('choose-files').first().setInputFiles([GUIDE, DRAFT, NOTE])
  for (const file of [GUIDE, DRAFT, NOTE]) await here(host, file)
})

after(async () => {
  await browser?.close()
  await birlik?.stop()
  await rodnik?.stop()
})

test('the page says what is kept, for which document, and who else has it', async () => {
  // What is small comes to the other school by itself, and our computer hears that it has.
  await answers(host, 'files', ({ files }) => files.some(({ size, last }) => size === NOTE.buffer.length && !last))
  await go(host, '/network')
  await host.getByTestId('to-files').getByRole('link').click()
  await kept(host, NOTE).and(host.locator('[data-last="false"]')).waitFor()
  assert.match(await kept(host, NOTE).getByTestId('kept-where').innerText(), /^Also at: Rodnik Lyceum/)
  assert.match(await kept(host, GUIDE).getByTestId('kept-where').innerText(), /Only here/)
  assert.match(await host.getByTestId('room-used').innerText(), /^Files take 4\.8\sMB of the 20\sGB/)
  assert.equal(await hue(kept(host, NOTE)), await hue(host, '--on-time'), 'whoever has just answered is told in green')
  assert.match(await host.getByTestId('school-room').innerText(), /Birlik School\s+4\.8\sMB\s+our school/)
  await look(host, 'room-laptop')
  await host.getByTestId('filter-files').selectOption('only_here')
  await kept(host, NOTE).waitFor({ state: 'detached' })
  assert.equal(await host.getByTestId('kept-file').count(), 2)
  await kept(host, DRAFT).scrollIntoViewIfNeeded()
  await look(host, 'room-laptop-list')
  await host.getByTestId('filter-files').selectOption('all')
  await kept(host, GUIDE).getByRole('link', { name: 'Friday' }).click()
  await here(host, GUIDE)
})

test('who is not reached is said to have had it, in a quiet voice, until it is reached again', async () => {
  await go(host, '/files')
  const where = kept(host, NOTE).getByTestId('kept-where')
  await ask(host, 'POST', 'line', { cut: true })
  await where.filter({ hasText: 'As last heard, also at: Rodnik Lyceum' }).waitFor({ timeout: REACH_MS })
  assert.equal(await where.count(), 1)
  assert.equal(await hue(kept(host, NOTE)), await hue(host, '--ink-quiet'))
  await kept(host, NOTE).scrollIntoViewIfNeeded()
  await look(host, 'room-away')
  await ask(host, 'POST', 'line', { cut: false })
  await where.filter({ hasText: /^Also at: Rodnik Lyceum/ }).waitFor({ timeout: REACH_MS })
})

test('a kept file is shown and saved from there', async () => {
  await go(host, '/files')
  assert.equal(await kept(host, GUIDE).getByTestId('show-file').count(), 0, 'an archive is not shown')
  const [download] = await Promise.all([host.waitForEvent('download'), kept(host, GUIDE).getByTestId('save-file').click()])
  assert.equal(download.suggestedFilename(), GUIDE.name)
  assert.deepEqual(await readFile(await download.path()), GUIDE.buffer)
  await kept(host, NOTE).getByTestId('show-file').click()
  await host.getByTestId('preview-text').filter({ hasText: 'Ключ у завхоза.' }).waitFor()
  await host.getByTestId('preview').getByText('added by Aigul Sarsenova').waitFor()
  await look(host, 'room-preview')
  await host.keyboard.press('Escape')
  await host.getByTestId('preview').waitFor({ state: 'detached' })
})

test('the last copy does not go without a warning, and stays when one thinks better of it', async () => {
  await go(host, '/files')
  await choose(host, kept(host, DRAFT), 'let-go')
  await look(host, 'room-let-go')
  await host.getByTestId('let-go-do').click()
  await host.getByTestId('last-copy').waitFor()
  await look(host, 'room-last-copy')
  await host.getByTestId('let-go-not').click()
  await host.getByTestId('let-go-dialog').waitFor({ state: 'detached' })
  await kept(host, DRAFT).waitFor()
  await openMeeting(host)
  await here(host, DRAFT)

  await go(host, '/files')
  await choose(host, kept(host, DRAFT), 'let-go')
  await host.getByTestId('let-go-do').click()
  await host.getByTestId('let-go-even').click()
  await kept(host, DRAFT).waitFor({ state: 'detached' })
  assert.match(await host.getByTestId('files-said').innerText(), /Our school’s copy is deleted: Old drafts\.zip/)
  await host.locator('[data-testid="kept-files"] [data-testid="row-menu"]:focus, #kept:focus').waitFor()
  await openMeeting(host)
  await row(host, DRAFT).and(host.locator('[data-state="away"]')).waitFor()
})

test('what another school has goes without one, also from the document, and comes back from there', async () => {
  await openMeeting(neighbour)
  await row(neighbour, GUIDE).getByTestId('fetch-file').click({ timeout: REACH_MS })
  await here(neighbour, GUIDE)
  await openMeeting(host)
  await here(host, GUIDE)
  await choose(host, row(host, GUIDE), 'let-go')
  await host.getByTestId('let-go-do').click()
  await host.getByTestId('let-go-dialog').waitFor({ state: 'detached' })
  assert.equal(await host.getByTestId('last-copy').count(), 0)
  await row(host, GUIDE).getByTestId('fetch-file').click()
  await here(host, GUIDE)
})

test('a file, a document and all of a kind are kept in any case, and that is taken back', async () => {
  await openMeeting(neighbour)
  await here(neighbour, GUIDE)
  await choose(neighbour, row(neighbour, GUIDE), 'pin-file')
  await row(neighbour, GUIDE).getByText('kept in any case').waitFor()
  await neighbour.getByTestId('keep-document-do').click()
  await neighbour.locator('[data-testid="keep-document"][data-kept="true"]').waitFor()
  await look(neighbour, 'room-document')
  await go(neighbour, '/files')
  await neighbour.getByTestId('pin-meeting').click()
  await neighbour.locator('[data-testid="pin-meeting"]:checked').waitFor()
  assert.equal(await neighbour.getByTestId('pinned').count(), 2)
  await kept(neighbour, GUIDE).getByTestId('kept-by').getByText('kept in any case', { exact: true }).waitFor()
  await kept(neighbour, NOTE).getByTestId('kept-by').getByText('with all of its document').waitFor()
  await kept(neighbour, GUIDE).getByTestId('row-menu').click()
  assert.equal(await neighbour.getByTestId('let-go').count(), 0, 'what is kept in any case is not removed')
  await neighbour.keyboard.press('Escape')
  await look(neighbour, 'room-pins')

  const phone = await openWindow(browser, rodnik.address, { viewport: PHONE, hasTouch: true })
  await signIn(phone, NEIGHBOUR)
  await ask(phone, 'PATCH', 'me', { language: 'kk' })
  await go(phone, '/files')
  await kept(phone, GUIDE).waitFor()
  assert.match(await phone.getByTestId('room-used').innerText(), /20\sГБ ішінен \d,\d\sМБ/, 'Kazakh numbers have a comma')
  await look(phone, 'room-phone')
  await phone.getByTestId('in-any-case').scrollIntoViewIfNeeded()
  await look(phone, 'room-phone-pins')
  await kept(phone, GUIDE).scrollIntoViewIfNeeded()
  await look(phone, 'room-phone-list')
  await kept(phone, GUIDE).getByTestId('row-menu').click()
  await look(phone, 'room-phone-menu')
  await phone.keyboard.press('Escape')
  await kept(phone, NOTE).getByTestId('show-file').click()
  await phone.getByTestId('preview-text').waitFor()
  await look(phone, 'room-phone-preview')
  await phone.keyboard.press('Escape')
  await phone.getByTestId('preview').waitFor({ state: 'detached' })
  await openMeeting(phone)
  await here(phone, GUIDE)
  await look(phone, 'room-phone-document')
  await ask(phone, 'PATCH', 'me', { language: 'en' })
  await phone.close()

  for (let left = 2; left > 0; left -= 1) {
    await neighbour.getByTestId('unpin').first().click()
    await neighbour.waitForFunction((count) => document.querySelectorAll('[data-testid="pinned"]').length < count, left)
  }
  await neighbour.getByTestId('pin-meeting').click()
  await neighbour.locator('[data-testid="pin-meeting"]:not(:checked)').waitFor()
  await kept(neighbour, GUIDE).getByTestId('kept-by').waitFor({ state: 'detached' })
})

test('the head chooses how much room files have, and clears away what nobody needs', async () => {
  await go(neighbour, '/files')
  await neighbour.getByTestId('choose-room').click()
  await look(neighbour, 'room-choose')
  await neighbour.locator('#limit').selectOption({ label: '1 GB' })
  await neighbour.locator('#portion_percent').selectOption({ label: '10% of the room' })
  await neighbour.getByTestId('room-save').click()
  await neighbour.getByTestId('room-choice').waitFor({ state: 'detached' })
  assert.match(await neighbour.getByTestId('room-used').innerText(), /of the 1\sGB/)
  assert.match(await neighbour.getByTestId('files-page').innerText(), /until they take 102\.4\sMB together/)
  await neighbour.getByTestId('sweep-files').click()
  await neighbour.getByTestId('files-said').getByText('nothing to clear away').waitFor()
  await kept(neighbour, GUIDE).waitFor()
})
