// A photo stands as evidence in a plan at one school and is had at another, with no line between them at every step that could use one.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { look } from './harness/axe.js'
import { PHONE, REACH_MS, openBrowser, openWindow, saved, signIn, turnLine } from './harness/browser.js'
import { ask, makeDocument } from './harness/documents.js'
import { laptop } from './harness/laptop.js'

const HOST = { school: 'Birlik School', name: 'Aigul Sarsenova', login: 'aigul', password: 'files-2026-birlik' }
const NEIGHBOUR = { school: 'Rodnik Lyceum', name: 'Olga Melnik', login: 'olga', password: 'files-2026-rodnik' }
const NAME = 'Тақта алдында.jpg'

let browser
let birlik
let rodnik
let host
let neighbour
let plan

const open = (page) => page.goto(new URL(`/documents/${plan}`, page.url()).href)
const row = (page) => page.getByTestId('file').filter({ has: page.getByTestId('file-called').getByText(NAME, { exact: true }) })
const stands = (page, state) => row(page).and(page.locator(`[data-state="${state}"]`)).waitFor({ timeout: REACH_MS })
const thumbnail = (page) => row(page).locator('img').evaluate((img) => img.decode().then(() => [img.naturalWidth, img.naturalHeight]))

/** Waits until something of the document is at this page's school. */
async function arrived(page, id) {
  const end = Date.now() + REACH_MS
  while (!(await ask(page, 'GET', 'documents')).some((document) => document.id === id && document.state === 'here')) assert.ok(Date.now() < end, 'the document comes')
}

before(async () => {
  browser = await openBrowser()
  ;({ node: birlik, page: host } = await laptop(browser, HOST))
  ;({ node: rodnik, page: neighbour } = await laptop(browser, NEIGHBOUR))
  const space = await ask(host, 'POST', 'spaces', { name: 'The valley' })
  const { ticket } = await ask(host, 'POST', `spaces/${space.id}/invitations`, { role: 'member' })
  await ask(neighbour, 'POST', 'join', { ticket })
  plan = await makeDocument(host, { space: space.id, kind: 'plan', title: 'Plan of the valley', language: 'en', write_rule: 'everyone' })
  await arrived(neighbour, plan)
})

after(async () => {
  await browser?.close()
  await birlik?.stop()
  await rodnik?.stop()
})

/** Larger than what comes by itself: of so much noise that JPEG makes little of it. */
async function photo(page) {
  const bytes = await page.evaluate(async () => {
    const canvas = document.createElement('canvas')
    Object.assign(canvas, { width: 2400, height: 1600 })
    const pen = canvas.getContext('2d')
    const noise = pen.createImageData(2400, 1600)
    for (let at = 0; at < noise.data.length; at += 4) {
      const grey = Math.random() * 80 + ((at / 4) % 2400) / 20
      noise.data.set([grey, grey * 0.8, 160 - grey / 2, 255], at)
    }
    pen.putImageData(noise, 0, 0)
    const blob = await new Promise((made) => canvas.toBlob(made, 'image/jpeg', 0.9))
    return [...new Uint8Array(await blob.arrayBuffer())]
  })
  return { name: NAME, mimeType: 'image/jpeg', buffer: Buffer.from(bytes) }
}

test('while the neighbour works alone, a photo is added to the evidence of a judgement, on a phone', async () => {
  await turnLine(neighbour, 'cut')
  const phone = await openWindow(browser, birlik.address, { viewport: PHONE, hasTouch: true })
  await signIn(phone, HOST)
  await open(phone)
  await phone.getByTestId('add-judgement').click()
  await phone.keyboard.type('Pupils explain their thinking')
  const evidence = phone.locator('[data-testid^="evidence-"]').first()
  await evidence.click()
  await phone.keyboard.type('The board after the lesson')
  const strip = phone.locator('[data-testid="judged"] [data-testid="files"]')
  await strip.getByTestId('camera').setInputFiles([await photo(phone)])
  await phone.getByTestId('how-original').click()
  await look(phone, 'offline-choice-phone')
  await phone.getByTestId('send-photos').click()
  await stands(phone, 'here')
  await row(phone).scrollIntoViewIfNeeded()
  assert.deepEqual(await thumbnail(phone), [320, 213])
  await saved(phone)
  await look(phone, 'offline-added-phone')
  await phone.close()
})

test('with the line back the neighbour sees its small picture; the photo waits until somebody wants it', async () => {
  await open(neighbour)
  await neighbour.getByTestId('add-judgement').waitFor()
  assert.equal(await row(neighbour).count(), 0, 'nothing has come yet')
  await turnLine(neighbour, 'open')
  await row(neighbour).locator('img').waitFor({ timeout: REACH_MS })
  assert.deepEqual(await thumbnail(neighbour), [320, 213])
  await stands(neighbour, 'away')
  await row(neighbour).scrollIntoViewIfNeeded()
  await look(neighbour, 'offline-thumbnail')
})

test('wanted while the other school is away it is said who had it; it comes when that school is back', async () => {
  await birlik.end()
  await row(neighbour).getByTestId('fetch-file').click()
  await neighbour.getByTestId('file-told').filter({ hasText: 'No school that can be reached now has this file' }).waitFor({ timeout: REACH_MS })
  await neighbour.getByTestId('file-told').filter({ hasText: `It was added at: ${HOST.school}` }).waitFor()
  await stands(neighbour, 'wanted')
  await look(neighbour, 'offline-wanted')
  const phone = await openWindow(browser, rodnik.address, { viewport: PHONE, hasTouch: true, locale: 'ru' })
  await signIn(phone, NEIGHBOUR)
  await open(phone)
  await stands(phone, 'wanted')
  await row(phone).scrollIntoViewIfNeeded()
  await look(phone, 'offline-wanted-phone')

  await birlik.begin()
  for (const page of [neighbour, phone]) {
    await stands(page, 'here')
    await row(page).getByTestId('show-file').click()
    const shown = await page.getByTestId('picture').evaluate((img) => img.decode().then(() => [img.naturalWidth, img.naturalHeight]))
    assert.deepEqual(shown, [2400, 1600])
  }
  await look(neighbour, 'offline-photo')
  await look(phone, 'offline-photo-phone')
  await phone.close()
})
