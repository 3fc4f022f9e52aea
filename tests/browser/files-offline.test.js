// A photo stands as evidence in a plan at one school and is had at another, with no line between them at every step that could use one.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { look } from './harness/axe.js'
import { PHONE, REACH_MS, openBrowser, openWindow, saved, signIn, turnLine } from './harness/browser.js'
import { fileRow, photo, stands } from './harness/files.js'
import { twoSchools } from './harness/laptop.js'

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
const thumbnail = (page) => fileRow(page, NAME).locator('img').evaluate((img) => img.decode().then(() => [img.naturalWidth, img.naturalHeight]))

before(async () => {
  browser = await openBrowser()
  ;({
    nodes: [birlik, rodnik],
    host,
    neighbour,
    document: plan,
  } = await twoSchools(browser, [HOST, NEIGHBOUR], { kind: 'plan', title: 'Plan of the valley' }))
})

after(async () => {
  await browser?.close()
  await birlik?.stop()
  await rodnik?.stop()
})

/** Larger than what comes by itself: of so much noise that JPEG makes little of it. */
function board(pen, width, height) {
  const noise = pen.createImageData(width, height)
  for (let at = 0; at < noise.data.length; at += 4) {
    const grey = Math.random() * 80 + ((at / 4) % width) / 20
    noise.data.set([grey, grey * 0.8, 160 - grey / 2, 255], at)
  }
  pen.putImageData(noise, 0, 0)
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
  await strip.getByTestId('camera').setInputFiles([await photo(phone, NAME, [2400, 1600], board)])
  await phone.getByTestId('how-original').click()
  await look(phone, 'offline-choice-phone')
  await phone.getByTestId('send-photos').click()
  await stands(phone, NAME, 'here')
  await fileRow(phone, NAME).scrollIntoViewIfNeeded()
  assert.deepEqual(await thumbnail(phone), [320, 213])
  await saved(phone)
  await look(phone, 'offline-added-phone')
  await phone.close()
})

test('with the line back the neighbour sees its small picture; the photo waits until somebody wants it', async () => {
  await open(neighbour)
  await neighbour.getByTestId('add-judgement').waitFor()
  assert.equal(await fileRow(neighbour, NAME).count(), 0, 'nothing has come yet')
  await turnLine(neighbour, 'open')
  await fileRow(neighbour, NAME).locator('img').waitFor({ timeout: REACH_MS })
  assert.deepEqual(await thumbnail(neighbour), [320, 213])
  await stands(neighbour, NAME, 'away')
  await fileRow(neighbour, NAME).scrollIntoViewIfNeeded()
  await look(neighbour, 'offline-thumbnail')
})

test('wanted while the other school is away it is said who had it; it comes when that school is back', async () => {
  await birlik.end()
  await fileRow(neighbour, NAME).getByTestId('fetch-file').click()
  await neighbour.getByTestId('file-told').filter({ hasText: 'No school that can be reached now has this file' }).waitFor({ timeout: REACH_MS })
  await neighbour.getByTestId('file-told').filter({ hasText: `It was added at: ${HOST.school}` }).waitFor()
  await stands(neighbour, NAME, 'wanted')
  await look(neighbour, 'offline-wanted')
  const phone = await openWindow(browser, rodnik.address, { viewport: PHONE, hasTouch: true, locale: 'ru' })
  await signIn(phone, NEIGHBOUR)
  await open(phone)
  await stands(phone, NAME, 'wanted')
  await fileRow(phone, NAME).scrollIntoViewIfNeeded()
  await look(phone, 'offline-wanted-phone')

  await birlik.begin()
  for (const page of [neighbour, phone]) {
    await stands(page, NAME, 'here')
    await fileRow(page, NAME).getByTestId('show-file').click()
    const shown = await page.getByTestId('picture').evaluate((img) => img.decode().then(() => [img.naturalWidth, img.naturalHeight]))
    assert.deepEqual(shown, [2400, 1600])
  }
  await look(neighbour, 'offline-photo')
  await look(phone, 'offline-photo-phone')
  await phone.close()
})
