// Files at an item of the agenda: two schools' nodes, a photo and a document added at one and had at the other.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, test } from 'node:test'
import { look } from './harness/axe.js'
import { PHONE, REACH_MS, openBrowser, openWindow, saved, signIn } from './harness/browser.js'
import { ask, makeDocument } from './harness/documents.js'
import { fileRow, photo, stands } from './harness/files.js'
import { twoSchools } from './harness/laptop.js'

const HOST = { school: 'Birlik School', name: 'Aigul Sarsenova', login: 'aigul', password: 'files-2026-birlik' }
const NEIGHBOUR = { school: 'Rodnik Lyceum', name: 'Olga Melnik', login: 'olga', password: 'files-2026-rodnik' }
/** Several pieces of what a browser sends at a time. */
const ARCHIVE = { name: 'Сабақ жоспары.zip', mimeType: 'application/zip', buffer: Buffer.concat([Buffer.from('PK\x03\x04'), randomBytes(3_000_000)]) }
const NOTE = { name: 'Зал.txt', mimeType: 'text/plain', buffer: Buffer.from('Ключ у завхоза.\n') }
/** Its words hang together, and are more than one line of a phone. */
const LONG = { name: 'Қабырға_газеті_5-сынып_наурыз_мейрамы_ашық_есік_күні_(соңғы_нұсқасы).txt', mimeType: 'text/plain', buffer: Buffer.from('Көктем келді!\n') }

let browser
let nodes = []
let host
let neighbour
let meeting

const open = (page) => page.goto(new URL(`/documents/${meeting}`, page.url()).href)

before(async () => {
  browser = await openBrowser()
  ;({ nodes, host, neighbour, document: meeting } = await twoSchools(browser, [HOST, NEIGHBOUR], { kind: 'meeting', title: 'Friday' }))
  await open(host)
  await host.getByTestId('add-agenda-item').click()
  await host.keyboard.type('The hall before and after')
  await saved(host)
})

after(async () => {
  await browser?.close()
  for (const node of nodes) await node.stop()
})

/** Of many colours. */
function hall(pen) {
  for (let at = 0; at < 60; at += 1) {
    pen.fillStyle = `hsl(${at * 6} 70% ${30 + (at % 5) * 10}%)`
    pen.fillRect((at % 10) * 300, Math.floor(at / 10) * 334, 300, 334)
  }
}

/** What the row's own link gives. */
async function content(page, name) {
  const address = await fileRow(page, name).getByTestId('save-file').getAttribute('href')
  const bytes = await page.evaluate(async (from) => [...new Uint8Array(await (await fetch(from)).arrayBuffer())], address)
  return Buffer.from(bytes)
}

test('a document and a note are added to an item, and stand there', async () => {
  await host.getByTestId('choose-files').first().setInputFiles([ARCHIVE, NOTE])
  await stands(host, ARCHIVE.name)
  await stands(host, NOTE.name)
  assert.equal(await host.getByTestId('sending').count(), 0)
  assert.deepEqual(await content(host, ARCHIVE.name), ARCHIVE.buffer)
})

test('a photo is offered smaller, and is shown by its small picture', async () => {
  await host.getByTestId('choose-files').first().setInputFiles([await photo(host, 'Зал.jpg', [3000, 2000], hall)])
  await host.getByTestId('photo-choice').waitFor()
  await look(host, 'files-choice')
  await host.getByTestId('send-photos').click()
  await host.locator('[data-testid="file"] img').first().waitFor({ timeout: REACH_MS })
  assert.equal(await host.getByTestId('sending').count(), 0)
  await look(host, 'files-laptop')
  await fileRow(host, 'Зал.jpg').getByTestId('show-file').click()
  await host.getByTestId('picture').waitFor()
  assert.ok(await host.getByTestId('picture').evaluate((img) => img.decode().then(() => img.naturalWidth > 0)))
  await look(host, 'files-picture')
  await host.keyboard.press('Escape')
  await host.getByTestId('picture').waitFor({ state: 'detached' })
})

test('the other school sees them and has them, byte for byte', async () => {
  await open(neighbour)
  await fileRow(neighbour, ARCHIVE.name).waitFor({ timeout: REACH_MS })
  // A large file waits until somebody wants it, a small one comes by itself.
  await fileRow(neighbour, ARCHIVE.name).and(neighbour.locator('[data-state="here"], [data-state="away"], [data-state="coming"]')).waitFor({ timeout: REACH_MS })
  const fetch = fileRow(neighbour, ARCHIVE.name).getByTestId('fetch-file')
  if (await fetch.isVisible()) await fetch.click()
  await stands(neighbour, ARCHIVE.name)
  assert.deepEqual(await content(neighbour, ARCHIVE.name), ARCHIVE.buffer)
  await neighbour.locator('[data-testid="file"] img').first().waitFor({ timeout: REACH_MS })
  await look(neighbour, 'files-neighbour')
})

/** The words of a row's name that stand on more than one line. */
const broken = (page, name) =>
  fileRow(page, name)
    .getByTestId('file-called')
    .evaluate((called) => {
      const walk = document.createTreeWalker(called, NodeFilter.SHOW_TEXT)
      const range = document.createRange()
      const several = []
      while (walk.nextNode()) {
        range.selectNodeContents(walk.currentNode)
        if (range.getClientRects().length > 1) several.push(walk.currentNode.data)
      }
      return several
    })

test('on a phone the strip fits, and what is removed comes back', async () => {
  await open(host)
  await host.getByTestId('choose-files').first().setInputFiles([LONG])
  await stands(host, LONG.name)
  const phone = await openWindow(browser, nodes[0].address, { viewport: PHONE, hasTouch: true, locale: 'kk' })
  await signIn(phone, HOST)
  await ask(phone, 'PATCH', 'me', { language: 'kk' })
  await open(phone)
  await stands(phone, NOTE.name)
  await stands(phone, LONG.name)
  assert.ok((await fileRow(phone, LONG.name).getByTestId('file-called').evaluate((called) => called.getClientRects().length)) > 1, 'it takes several lines')
  assert.deepEqual(await broken(phone, LONG.name), [])
  await phone.getByTestId('add-files').first().scrollIntoViewIfNeeded()
  await look(phone, 'files-phone')
  await fileRow(phone, NOTE.name).getByTestId('row-menu').click()
  await phone.getByTestId('remove-file').click()
  await fileRow(phone, NOTE.name).waitFor({ state: 'detached' })
  await phone.getByTestId('undo').first().click()
  await stands(phone, NOTE.name)
  await saved(phone)
  await phone.close()
})

/** Whether a finger that comes down in its middle meets it. */
const isMet = (part) =>
  part.evaluate((element) => {
    const { left, top, width, height } = element.getBoundingClientRect()
    return element.contains(document.elementFromPoint(left + width / 2, top + height / 2))
  })

test('on a phone the question how a photo is sent comes into view, and waits while other documents are read', async () => {
  const phone = await openWindow(browser, nodes[0].address, { viewport: PHONE, hasTouch: true, locale: 'ru' })
  await signIn(phone, HOST)
  await ask(phone, 'PATCH', 'me', { language: 'ru' })
  await open(phone)
  await stands(phone, LONG.name)
  await phone.evaluate(() => scrollTo(0, 0))
  await phone.getByTestId('choose-files').first().setInputFiles([await photo(phone, 'Сцена.jpg', [2400, 1800], hall)])
  await phone.locator('[data-testid="photo-choice"]:focus').waitFor()
  for (const part of ['how-smaller', 'send-photos', 'leave-photos']) assert.ok(await isMet(phone.getByTestId(part)), `${part} is in view`)
  await look(phone, 'files-phone-choice')
  const space = (await ask(phone, 'GET', 'spaces')).find((each) => each.private)
  const goTo = async (id, title) => {
    await phone.evaluate((path) => {
      history.pushState(null, '', path)
      dispatchEvent(new PopStateEvent('popstate'))
    }, `/documents/${id}`)
    await phone.waitForFunction((words) => document.querySelector('[data-testid="title"]')?.value === words, title)
  }
  for (const title of ['1', '2', '3', '4', '5']) {
    await goTo(await makeDocument(phone, { space: space.id, kind: 'meeting', title, language: 'ru', write_rule: 'everyone' }), title)
    assert.equal(await phone.getByTestId('photo-choice').count(), 0)
  }
  await goTo(meeting, 'Friday')
  await phone.getByTestId('photo-choice').waitFor()
  await phone.getByTestId('send-photos').click()
  await stands(phone, 'Сцена.jpg')
  await fileRow(phone, 'Сцена.jpg').getByTestId('row-menu').click()
  await phone.getByTestId('remove-file').click()
  await fileRow(phone, 'Сцена.jpg').waitFor({ state: 'detached' })
  // The next test would find it again.
  await saved(phone)
  await phone.close()
})

test('on a phone a file fills the screen, and one turns to the next', async () => {
  const phone = await openWindow(browser, nodes[0].address, { viewport: PHONE, hasTouch: true, locale: 'ru' })
  await signIn(phone, HOST)
  await ask(phone, 'PATCH', 'me', { language: 'ru' })
  await open(phone)
  await stands(phone, LONG.name)
  await fileRow(phone, LONG.name).getByTestId('row-menu').click()
  await look(phone, 'files-phone-menu')
  await phone.keyboard.press('Escape')
  await fileRow(phone, 'Зал.jpg').getByTestId('show-file').click()
  const picture = phone.getByTestId('picture')
  assert.ok(await picture.evaluate((img) => img.decode().then(() => img.naturalWidth > 0)))
  const { width, height, ...place } = await phone.locator('dialog[open]').boundingBox()
  assert.deepEqual({ width, height, ...place }, { ...PHONE, x: 0, y: 0 })
  await phone.getByTestId('file-number').getByText('2 из 3').waitFor()
  await look(phone, 'files-phone-picture')
  await phone.getByTestId('next-file').click()
  await phone.getByTestId('preview-text').filter({ hasText: 'Көктем келді!' }).waitFor()
  await look(phone, 'files-phone-text')
  await phone.keyboard.press('ArrowLeft')
  await phone.keyboard.press('ArrowLeft')
  await phone.getByTestId('preview-text').filter({ hasText: 'Ключ у завхоза.' }).waitFor()
  await phone.getByTestId('file-number').getByText('1 из 3').waitFor()
  await phone.keyboard.press('Escape')
  await phone.getByTestId('preview').waitFor({ state: 'detached' })
  await phone.close()
})

test('a photo whose item is removed meanwhile is asked about where the document begins, and goes to the whole of it', async () => {
  const page = await openWindow(browser, nodes[0].address, { viewport: PHONE, hasTouch: true, locale: 'ru' })
  await signIn(page, HOST)
  const space = (await ask(page, 'GET', 'spaces')).find((each) => each.private)
  const own = await makeDocument(page, { space: space.id, kind: 'meeting', title: 'Own', language: 'ru', write_rule: 'everyone' })
  await page.goto(new URL(`/documents/${own}`, page.url()).href)
  await page.getByTestId('add-agenda-item').click()
  await page.keyboard.type('Столовая')
  const item = page.getByTestId('agenda-item')
  await item.getByTestId('choose-files').first().setInputFiles([await photo(page, 'Столовая.jpg', [2400, 1800], hall)])
  await item.getByTestId('photo-choice').waitFor()
  await page.getByTestId('remove').click()
  await page.getByTestId('strays').getByText('1 файл остался без места').waitFor()
  assert.ok(await isMet(page.getByTestId('strays-whole')), 'it is in view')
  await look(page, 'files-phone-strays')
  await page.getByTestId('strays-whole').click()
  await page.getByTestId('own-files').getByTestId('send-photos').click()
  await stands(page, 'Столовая.jpg')
  assert.equal(await page.getByTestId('strays').count(), 0)
  await saved(page)

  await page.getByTestId('own-files').getByTestId('choose-files').first().setInputFiles([await photo(page, 'Ещё.jpg', [2400, 1800], hall)])
  await page.getByTestId('own-files').getByTestId('photo-choice').waitFor()
  await page.evaluate(() => {
    history.pushState(null, '', '/people')
    dispatchEvent(new PopStateEvent('popstate'))
  })
  await page.getByTestId('sign-out').click()
  await page.getByTestId('unsent-files').getByRole('link', { name: 'Own' }).waitFor()
  await page.getByTestId('sign-out').click()
  await look(page, 'files-phone-signing-out')
  await page.getByTestId('unsent-files').getByRole('link', { name: 'Own' }).click()
  await page.getByTestId('own-files').getByTestId('photo-choice').waitFor()
  await page.evaluate(() => {
    history.pushState(null, '', '/people')
    dispatchEvent(new PopStateEvent('popstate'))
  })
  await page.getByTestId('sign-out').click()
  await page.getByTestId('leave-without').click()
  await page.getByTestId('sign-in').waitFor()
  await page.close()
})
