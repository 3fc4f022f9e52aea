// Files in the other documents: a portfolio, a shared part of a notebook, a discussion, a request for feedback, a plan as a whole.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { look } from './harness/axe.js'
import { PHONE, REACH_MS, openBrowser, openWindow, saved, signIn } from './harness/browser.js'
import { ask, makeDocument } from './harness/documents.js'
import { fileRow, stands } from './harness/files.js'
import { laptop } from './harness/laptop.js'

const HEAD = { school: 'Birlik School', name: 'Aigul Sarsenova', login: 'aigul', password: 'elsewhere-2026' }
const TEACHER = { name: 'Bolat Seitov', login: 'bolat', password: 'elsewhere-2026', role: 'teacher', language: 'en' }
const words = (name, text) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(text) })

let browser
let node
let head
let teacher
let own
let network

const show = (page, id) => page.goto(new URL(`/documents/${id}`, page.url()).href)
async function add(strip, file) {
  await strip.getByTestId('choose-files').setInputFiles([file])
  await stands(strip, file.name)
}

before(async () => {
  browser = await openBrowser()
  ;({ node, page: head } = await laptop(browser, HEAD))
  await ask(head, 'POST', 'people', TEACHER)
  network = (await ask(head, 'POST', 'spaces', { name: 'The valley' })).id
  own = (await ask(head, 'GET', 'spaces')).find((space) => space.private).id
  teacher = await openWindow(browser, node.address)
  await signIn(teacher, TEACHER)
})

after(async () => {
  await browser?.close()
  await node?.stop()
})

test('a plan has files of its own beside those of its judgements', async () => {
  const plan = await makeDocument(head, { space: own, kind: 'plan', title: 'Plan of the year', language: 'en', write_rule: 'everyone' })
  await show(head, plan)
  const strip = head.getByTestId('own-files')
  await add(strip, words('Order.txt', 'Approved by the council.'))
  await saved(head)
  await strip.scrollIntoViewIfNeeded()
  await look(head, 'elsewhere-plan')
  await head.goto(`${head.url()}#step-plan`)
  await head.locator('[data-testid="step-plan"]:not([hidden])').waitFor()
  assert.equal(await strip.isVisible(), false, 'one step is looked at')
})

test('a piece of a portfolio has files', async () => {
  const portfolio = await makeDocument(teacher, { space: own, kind: 'portfolio', title: 'What I have learnt', language: 'en', write_rule: 'owner' })
  await show(teacher, portfolio)
  await teacher.getByTestId('add-piece-applies').click()
  await teacher.keyboard.type('Questions that wait')
  await add(teacher.getByTestId('piece'), words('Lesson.txt', 'Three seconds.'))
  await teacher.getByTestId('piece').scrollIntoViewIfNeeded()
  await look(teacher, 'elsewhere-portfolio')
})

test('the files of a shared part of a notebook go along, and no others', async () => {
  const notebook = await makeDocument(teacher, { space: own, kind: 'notebook', title: 'For me alone', language: 'en', write_rule: 'owner' })
  await show(teacher, notebook)
  await teacher.getByTestId('pattern-project').click()
  for (const [index, title, file] of [[0, 'Shown', words('Bolat Seitov, board.txt', 'What was on the board.')], [1, 'Kept', words('Kept.txt', 'For me alone.')]]) {
    await teacher.getByTestId('add-evidence').click()
    await teacher.keyboard.type(title)
    await add(teacher.getByTestId('evidence').nth(index), file)
  }
  await saved(teacher)
  await teacher.getByTestId('evidence').first().getByTestId('row-menu').first().click()
  await teacher.getByTestId('share').click()
  const form = teacher.getByTestId('share-form')
  await form.waitFor()
  await teacher.getByTestId('under-pseudonym').check()
  await teacher.getByTestId('pseudonym').fill('A teacher of the steppe')
  await teacher.getByTestId('share-files').scrollIntoViewIfNeeded()
  await look(teacher, 'elsewhere-share')
  await teacher.getByTestId('share-title').fill('Waiting')
  await teacher.getByTestId('consent-me').check()
  await teacher.getByTestId('share-go').click()
  const copy = (await teacher.getByTestId('shared-done').locator('a').getAttribute('href')).split('/').pop()

  await show(head, copy)
  await stands(head, 'A teacher of the steppe, board.txt')
  assert.equal(await head.getByTestId('file').count(), 1)
  assert.equal(await head.getByTestId('add-files').count(), 0, 'a copy is written from its notebook')
  await look(head, 'elsewhere-copy')
  const named = JSON.stringify(await ask(head, 'GET', `documents/${copy}/content`))
  for (const secret of ['Bolat', 'Seitov', 'Kept', notebook]) assert.ok(!named.includes(secret), `${secret} stays at home`)
})

test('whoever said something in a discussion adds files to that, and to nothing of others', async () => {
  const thread = await makeDocument(teacher, { space: network, kind: 'thread', title: 'How long to wait', language: 'en', write_rule: 'everyone' })
  await show(teacher, thread)
  await teacher.getByTestId('post-new').locator('textarea').fill('This is what I counted.')
  await teacher.getByTestId('post-new').locator('button.first').click()
  await add(teacher.getByTestId('post'), words('Counted.txt', '3, 4, 3'))
  await saved(teacher)
  await show(head, thread)
  await fileRow(head.getByTestId('post'), 'Counted.txt').waitFor({ timeout: REACH_MS })
  assert.equal(await head.getByTestId('add-files').count(), 0)
  assert.equal(await head.getByTestId('post').getByTestId('row-menu').count(), 0)
  const phone = await openWindow(browser, node.address, { viewport: PHONE, hasTouch: true, locale: 'kk' })
  await signIn(phone, TEACHER)
  await show(phone, thread)
  await fileRow(phone.getByTestId('post'), 'Counted.txt').waitFor({ timeout: REACH_MS })
  await look(phone, 'elsewhere-thread-phone')
  await phone.close()
})

test('a request for feedback has the files of whoever asks', async () => {
  const request = await makeDocument(teacher, { space: network, kind: 'feedback', title: 'Is it clear?', language: 'en', write_rule: 'everyone' })
  await show(teacher, request)
  await add(teacher.locator('[data-testid="files"][data-at=""]'), words('Draft.txt', 'The first draft.'))
  await look(teacher, 'elsewhere-feedback')
})
