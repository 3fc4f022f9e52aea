import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { LAPTOP, PHONE, REACH_MS, openBrowser, openWindow, picture, saved, signIn } from './harness/browser.js'
import { startSchools } from './harness/programs.js'

/** Names and words that stand nowhere else, so that finding one of them means that it has come from here. */
const AUTHOR = { name: 'Зәуре Қоққабайқызы', login: 'zauqoq', password: 'notebook-2026', role: 'teacher', language: 'en' }
const PSEUDONYM = 'Дала мұғалімі Ω'
const TITLE = 'A pause after the question Ω'
const SHARED = 'Pupils answer when I wait Ωshared.'
const PRIVATE_TITLE = 'Ωprivatetitle'
const PRIVATE = 'Ωprivateentry'

let browser
let demo
let tulpar
let others
let notebook
let copy

before(async () => {
  demo = await startSchools()
  tulpar = demo.schools.find((school) => school.language === 'en')
  others = demo.schools.filter((school) => school !== tulpar)
  browser = await openBrowser()
  const head = await desk(tulpar, tulpar.director)
  await ask(head, 'POST', 'people', AUTHOR)
  await head.context().close()
})

after(async () => {
  await browser?.close()
  await demo?.stop()
})

async function desk(school, person, options) {
  const page = await openWindow(browser, school.page, options)
  await signIn(page, person)
  return page
}

/** The page's own way to the node, with its session. */
function ask(page, method, path, body) {
  return page.evaluate(
    async ([method, path, body]) => {
      const answer = await fetch(`/api/v1/${path}`, { method, headers: { 'content-type': 'application/json' }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
      const text = await answer.text()
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
      return text === '' ? null : JSON.parse(text)
    },
    [method, path, body],
  )
}

/** Waits until `look` gives something. */
async function until(page, look, what) {
  const end = Date.now() + REACH_MS
  for (;;) {
    const found = await look()
    if (found) return found
    if (Date.now() > end) throw new Error(`not within ${REACH_MS} ms: ${what}`)
    await page.waitForTimeout(250)
  }
}

test('on a phone an entry is written with a touch, the words, and a touch', async () => {
  const page = await desk(tulpar, AUTHOR, { viewport: PHONE })
  const own = (await ask(page, 'GET', 'spaces')).find((space) => space.private)
  notebook = (await ask(page, 'POST', 'documents', { space: own.id, kind: 'notebook', title: PRIVATE_TITLE, language: 'en', write_rule: 'owner' })).id
  await page.goto(`${tulpar.page}/documents/${notebook}`)
  await page.getByTestId('pattern-project').click()
  await page.getByTestId('private-note').waitFor()
  await page.getByTestId('readers').filter({ hasText: 'only I' }).waitFor()

  await page.reload()
  const write = page.getByTestId('write-entry')
  await write.waitFor()
  const { y, height } = await write.boundingBox()
  assert.ok(y + height < PHONE.height - 60 && height >= 44, 'one sees it without scrolling, and it is as large as a finger')
  await write.click()
  assert.ok(await page.evaluate(() => document.activeElement?.isContentEditable), 'one writes at once')
  await page.keyboard.type(`${PRIVATE}: Болат was late again.`)
  await picture(page, 'notebook-entry-phone')
  await page.getByTestId('entry-done').click()
  await page.getByTestId('entry').filter({ hasText: PRIVATE }).waitFor()
  await saved(page)
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), 'nothing is wider than the phone')

  await write.click()
  await page.getByTestId('entry-done').click()
  assert.equal(await page.getByTestId('entry').count(), 1, 'an entry without a word leaves nothing behind')
  await picture(page, 'notebook-phone')
  assert.deepEqual(page.faults, [])
  await page.context().close()
})

test('guidance is switched off for the notebook, and stays so', async () => {
  const page = await desk(tulpar, AUTHOR)
  await page.goto(`${tulpar.page}/documents/${notebook}`)
  await page.getByTestId('guide').first().waitFor()
  await page.getByTestId('guidance').uncheck()
  await saved(page)
  await page.reload()
  await page.getByTestId('step').first().waitFor()
  assert.equal(await page.getByTestId('guide').count(), 0)
  await page.context().close()
})

test('a step is published under a pseudonym after the page has said who will read it; the other schools read it', async () => {
  const page = await desk(tulpar, AUTHOR, { viewport: LAPTOP })
  await page.goto(`${tulpar.page}/documents/${notebook}`)
  const step = page.getByTestId('step').nth(1)
  await step.waitFor()
  assert.equal(await page.getByTestId('remarks-open').count(), 0, 'nothing is said beside what one person alone reads: it would be read by the school')
  await step.locator('.ProseMirror').click()
  await page.keyboard.type(`${SHARED} Says Зәуре Қоққабайқызы, and Зәуреге рахмет.`)
  await saved(page)
  await step.getByTestId('row-menu').click()
  await page.getByTestId('share').click()
  const form = page.getByTestId('share-form')
  await form.waitFor()
  assert.equal(await form.locator('[data-testid="share-part"]:checked').count(), 1, 'the part that was asked for is chosen, and no other')
  const readers = await page.getByTestId('share-readers').innerText()
  for (const school of demo.schools) assert.ok(readers.includes(school.name), `${school.name} is named before`)
  await page.getByTestId('under-pseudonym').check()
  await page.getByTestId('pseudonym').fill(PSEUDONYM)
  await page.getByTestId('own-name').locator('li').nth(1).waitFor()
  await page.getByTestId('share-title').fill(TITLE)
  await page.getByTestId('consent-me').check()
  await picture(page, 'notebook-share-laptop')
  await page.getByTestId('share-go').click()
  const done = page.getByTestId('shared-done')
  await done.waitFor()
  copy = (await done.locator('a').getAttribute('href')).split('/').pop()
  const { id: talk } = (await ask(page, 'GET', 'documents')).find(({ kind }) => kind === 'thread')
  await done.locator('button').click()
  await page.locator('[data-testid="shared-copy"][data-standing="same"]').waitFor()
  await picture(page, 'notebook-shared-laptop')

  for (const school of others) {
    const there = await desk(school, school.director)
    await until(there, async () => (await ask(there, 'GET', 'documents')).find(({ id, state }) => id === copy && state === 'here'), `${school.name} has the copy`)
    await there.goto(`${school.page}/documents/${copy}`)
    await there.getByTestId('signed').filter({ hasText: PSEUDONYM }).waitFor({ timeout: REACH_MS })
    await there.getByTestId('copy-step').filter({ hasText: SHARED }).waitFor({ timeout: REACH_MS })
    assert.equal(await there.locator('[contenteditable="true"]').count(), 0, 'a copy is read')
    assert.ok(!(await there.locator('body').innerText()).includes('Зәуре'), 'no page there names its author')
    // Others may say something of it: that stands in a document of its own, which the author's page opens along with the copy.
    await there.getByTestId('remarks-open').click()
    await there.getByTestId('remark-begin').click()
    await there.getByTestId('remark-new').locator('textarea').fill('Жақсы')
    await there.getByTestId('remark-new').locator('button.first').click()
    await there.getByTestId('remark').filter({ hasText: school.director.name }).waitFor()
    await saved(there)
    const companions = async (page) => (await ask(page, 'GET', 'documents')).filter(({ kind, facts, state }) => kind === 'companion' && facts.about === copy && state === 'here')
    await until(page, async () => (await companions(page)).length > 0, 'the remark has reached the author')
    // The author at their own copy, while others look at it.
    await page.goto(`${tulpar.page}/documents/${copy}`)
    await page.getByTestId('signed').waitFor()
    // And at an ordinary document since: a node tells of all that its people have open at once, so what it tells of the copy is here with that.
    const beside = await page.context().newPage()
    await beside.goto(`${tulpar.page}/documents/${talk}`)
    const presence = async (document) => JSON.stringify(await ask(there, 'GET', `documents/${document}/presence`))
    await until(there, async () => (await presence(talk)).includes('Зәуре'), `${school.name} hears who is at the thread`)
    for (const { id } of [{ id: copy }, ...(await companions(there))]) assert.ok(!(await presence(id)).includes('Зәуре'), 'nor does who is here')
    assert.equal(await page.getByTestId('remark-begin').count(), 0, 'whoever signed with another name is not led to say something under their own')
    await beside.close()
    await picture(there, `notebook-copy-${school.language}-laptop`)
    await there.context().close()
  }
  await page.context().close()
})

test('neither the real name nor anything private is in what the other schools hold', async () => {
  const page = await desk(tulpar, AUTHOR)
  const { person } = await ask(page, 'GET', 'me')
  const secrets = [AUTHOR.name, 'Зәуре', 'Қоққабай', AUTHOR.login, PRIVATE, PRIVATE_TITLE, notebook, person.id]
  for (const school of others) {
    const there = await desk(school, school.director)
    const told = []
    for (const { id } of await ask(there, 'GET', 'documents')) {
      told.push(JSON.stringify(await ask(there, 'GET', `documents/${id}/content`)), JSON.stringify(await ask(there, 'GET', `documents/${id}`)))
    }
    assert.ok(told.some((text) => text.includes(PSEUDONYM) && text.includes('Ωshared')), 'what was shared is there')
    for (const secret of secrets) assert.ok(!told.some((text) => text.includes(secret)), `no document at ${school.name} says ${secret}`)
    await there.context().close()

    const bytes = await everyByte(school.folder)
    assert.ok(bytes.some((file) => file.includes(Buffer.from(PSEUDONYM))), 'words of documents can be found in these files')
    for (const secret of secrets) assert.ok(!bytes.some((file) => file.includes(Buffer.from(secret))), `no file of ${school.name} holds ${secret}`)
    assert.ok(!bytes.some((file) => file.includes(Buffer.from(person.id, 'hex'))), `nor the person's id`)
  }
  await page.context().close()
})

/** All files of a node, with its database and what that has not put in its place yet. */
async function everyByte(folder) {
  const names = await readdir(folder, { recursive: true, withFileTypes: true })
  return Promise.all(names.filter((entry) => entry.isFile()).map((entry) => readFile(join(entry.parentPath, entry.name))))
}

test('the newer wording goes to the same copy, and a withdrawn copy says so', async () => {
  const page = await desk(tulpar, AUTHOR)
  await page.goto(`${tulpar.page}/documents/${notebook}`)
  const text = page.getByTestId('step').nth(1).locator('.ProseMirror')
  await text.click()
  await page.keyboard.press('Control+End')
  await page.keyboard.type(' And later still Ωnewer.')
  await saved(page)
  await page.locator('[data-testid="shared-copy"][data-standing="newer"]').waitFor()
  await page.getByTestId('renew').click()
  await page.getByTestId('share-go').click()
  await page.getByTestId('shared-done').waitFor()
  await page.getByTestId('shared-done').locator('button').click()
  const [school] = others
  const there = await desk(school, school.director)
  await there.goto(`${school.page}/documents/${copy}`)
  await there.getByTestId('copy-step').filter({ hasText: 'Ωnewer' }).waitFor({ timeout: REACH_MS })
  assert.ok(!(await there.locator('body').innerText()).includes('Зәуре'), 'the name is replaced in the newer wording too')

  await page.getByTestId('withdraw').click()
  await page.locator('[data-testid="shared-copy"][data-standing="withdrawn"]').waitFor()
  await there.getByTestId('withdrawn').waitFor({ timeout: REACH_MS })
  assert.equal(await there.getByTestId('copy-step').count(), 0)
  for (const each of [page, there]) await each.context().close()
})

test('a portfolio quotes what stands in the other documents of its person', async () => {
  const page = await desk(tulpar, AUTHOR)
  const own = (await ask(page, 'GET', 'spaces')).find((space) => space.private)
  const { id } = await ask(page, 'POST', 'documents', { space: own.id, kind: 'portfolio', title: 'What I can', language: 'en', write_rule: 'owner' })
  await page.goto(`${tulpar.page}/documents/${id}`)
  await page.getByTestId('add-piece-reflects').click()
  await page.getByTestId('piece-title').waitFor()
  await page.getByTestId('choose-link').click()
  await page.getByTestId('link-document').filter({ hasText: PRIVATE_TITLE }).click()
  await page.getByTestId('link-item').filter({ hasText: PRIVATE }).click()
  await page.getByTestId('linked').filter({ hasText: PRIVATE }).waitFor()
  await saved(page)
  await page.reload()
  await page.getByTestId('criterion-reflects').getByTestId('linked').filter({ hasText: PRIVATE }).waitFor()
  await picture(page, 'portfolio-laptop')
  assert.deepEqual(page.faults, [])
  await page.context().close()
})

test("nobody else at the school finds the notebook, the head neither", async () => {
  const page = await desk(tulpar, tulpar.director)
  const documents = await ask(page, 'GET', 'documents')
  assert.ok(!documents.some(({ id }) => id === notebook), 'it is not in the list')
  assert.ok(documents.some(({ id }) => id === copy), 'the copy is')
  assert.equal(await page.evaluate(async (id) => (await fetch(`/api/v1/documents/${id}/content`)).status, notebook), 404)
  await page.context().close()
})
