// Three directors whom no line joins: a stick goes from school to school and back, a phone carries for others, each in their own language.
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { look } from './harness/axe.js'
import { LAPTOP, PHONE, REACH_MS, openBrowser, openDesk, picture, reached, saved, turnLine } from './harness/browser.js'
import { startSchools } from './harness/programs.js'

let browser
let demo
let stick
const pages = {}

before(async () => {
  stick = await mkdtemp(join(tmpdir(), 'jeli-stick-'))
  demo = await startSchools()
  browser = await openBrowser()
  for (const school of demo.schools) {
    pages[school.language] = await openDesk(browser, school, { locale: school.language, viewport: school.language === 'en' ? PHONE : LAPTOP })
    await turnLine(pages[school.language], 'cut')
  }
})

after(async () => {
  await browser?.close()
  await demo?.stop()
  await rm(stick, { recursive: true, force: true })
})

async function openMeeting(page) {
  const id = await page.evaluate(async () => {
    const documents = await (await fetch('/api/v1/documents')).json()
    const writable = documents.filter(({ kind, write_rule: rule }) => kind === 'meeting' && rule === 'everyone')
    return writable.map(({ id }) => id).sort()[0]
  })
  await page.goto(new URL(`/documents/${id}`, page.url()).href)
  await page.getByTestId('safety').waitFor()
}

async function toNetwork(page) {
  await page.goto(new URL('/network', page.url()).href)
  await page.getByTestId('bundles').waitFor()
}

/** Makes a parcel for all with the button for a stick, and saves it there: its path. */
async function putOnStick(page, { how = 'stick', school } = {}) {
  await toNetwork(page)
  await page.getByTestId(`bundle-${how}`).click()
  if (school) await page.locator('#give-school').selectOption({ label: school })
  await page.getByTestId('make-bundles').click()
  await page.getByTestId('made-bundles').waitFor({ timeout: REACH_MS })
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByTestId('save-bundle').first().click()])
  const path = join(stick, download.suggestedFilename())
  await download.saveAs(path)
  return path
}

async function bring(page, paths) {
  await toNetwork(page)
  await page.getByTestId('bundle-files').setInputFiles(paths)
  const openings = page.getByTestId('opening')
  await page.waitForFunction((count) => document.querySelectorAll('[data-testid="opening"]:not([data-state="opening"])').length === count, paths.length, { timeout: REACH_MS })
  return openings.evaluateAll((all) => all.map((one) => ({ fate: one.dataset.fate ?? one.dataset.state, words: one.textContent.trim() })))
}

async function addItem(page, title) {
  await openMeeting(page)
  await page.getByTestId('add-agenda-item').click()
  await page.getByTestId('agenda-item').last().locator('h3 textarea').fill(title)
  await saved(page)
}

const items = (page) => page.getByTestId('agenda-item').locator('h3 textarea').evaluateAll((fields) => fields.map((field) => field.value))

async function hasItem(page, title) {
  await openMeeting(page)
  await page.waitForFunction((wanted) => [...document.querySelectorAll('[data-testid="agenda-item"] h3 textarea')].some((field) => field.value === wanted), title, {
    timeout: REACH_MS,
  })
}

test('a stick goes there and back, and the line of safety counts what it has brought', async () => {
  const { kk, ru, en } = pages
  await addItem(kk, 'Флешкамен келген мәселе')
  await reached(kk, 1, 3)
  // The line of safety leads to the one thing to do.
  await kk.getByTestId('safety-open').click()
  await kk.getByTestId('safety-stick').click()
  await kk.getByTestId('bundles').waitFor()
  await kk.waitForFunction(() => document.querySelector('#bundles-title').getBoundingClientRect().top < innerHeight)
  const fromKk = await putOnStick(kk)
  assert.match(fromKk, /\.jeli$/)
  await picture(kk, 'bundle-made-kk-laptop')
  await look(kk, 'made parcels')

  const [first] = await bring(ru, [fromKk])
  assert.equal(first.fate, 'taken')
  assert.match(first.words, /Отправитель: .+\. Есть новое: /)
  await picture(ru, 'bundle-opened-ru-laptop')
  await look(ru, 'an opened parcel')
  await hasItem(ru, 'Флешкамен келген мәселе')
  await addItem(ru, 'Вопрос, приехавший на флешке')
  const fromRu = await putOnStick(ru)

  const atEn = await bring(en, [fromKk, fromRu])
  assert.deepEqual(atEn.map(({ fate }) => fate), ['taken', 'taken'])
  await picture(en, 'bundle-opened-en-phone')
  await look(en, 'opened parcels on a phone')
  await hasItem(en, 'Вопрос, приехавший на флешке')
  // Of the first school nothing has been heard since it lacked what the second wrote.
  await reached(en, 2, 3)
  const fromEn = await putOnStick(en)
  await picture(en, 'bundle-made-en-phone')

  // Back at the first school: its own comes back too, and somebody has put a photo on the stick.
  const photo = join(stick, 'photo.jeli')
  await writeFile(photo, Buffer.from('ffd8ffe000104a464946', 'hex'))
  const cut = join(stick, 'cut.jeli')
  await writeFile(cut, (await readFile(fromEn)).subarray(0, 700))
  const atKk = await bring(kk, [fromKk, fromRu, fromEn, photo, cut])
  const fate = (path) => atKk[[fromKk, fromRu, fromEn, photo, cut].map((one) => one.split('/').at(-1)).sort().indexOf(path.split('/').at(-1))]
  assert.equal(fate(fromKk).fate, 'own')
  assert.equal(fate(fromRu).fate, 'taken')
  assert.equal(fate(fromEn).fate, 'taken')
  assert.equal(fate(photo).fate, 'refused')
  assert.match(fate(photo).words, /Бұл сәлемдеме емес/)
  assert.match(fate(cut).words, /толық көшірілмеген/)
  // The browser writes down each refusal.
  assert.deepEqual(kk.faults.splice(0).map((fault) => fault.includes('400')), [true, true])
  await picture(kk, 'bundle-opened-kk-laptop')
  await hasItem(kk, 'Вопрос, приехавший на флешке')
  await reached(kk, 3, 3)
  assert.deepEqual(await items(kk), await (async () => (await openMeeting(en), items(en)))())
  for (const page of [kk, ru, en]) assert.deepEqual(page.faults, [])
})

test('a parcel for one school is carried by another that cannot read it', async () => {
  const { kk, ru, en } = pages
  const names = Object.fromEntries(demo.schools.map(({ language, name }) => [language, name]))
  await addItem(kk, 'Тек бір мектепке')
  const forEn = await putOnStick(kk, { how: 'messenger', school: names.en })
  const [carried] = await bring(ru, [forEn])
  assert.equal(carried.fate, 'carried')
  assert.match(carried.words, /Она для других школ/)
  await openMeeting(ru)
  assert.ok(!(await items(ru)).includes('Тек бір мектепке'), 'who carries does not read')
  await toNetwork(ru)
  await ru.getByTestId('bundles-carried').locator('summary').click()
  await picture(ru, 'bundle-carried-ru-laptop')
  const [download] = await Promise.all([ru.waitForEvent('download'), ru.getByTestId('bundles-carried').locator('a').first().click()])
  const onward = join(stick, `onward-${download.suggestedFilename()}`)
  await download.saveAs(onward)
  assert.deepEqual(await readFile(onward), await readFile(forEn), 'handed on as it came')
  assert.equal((await bring(en, [onward]))[0].fate, 'taken')
  await hasItem(en, 'Тек бір мектепке')
  assert.equal((await bring(en, [onward]))[0].fate, 'before')
})
