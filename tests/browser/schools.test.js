import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { LAPTOP, PHONE, REACH_MS, openBrowser, openDesk, openDocument, picture, reached, saved, seeWords, turnLine } from './harness/browser.js'
import { startSchools } from './harness/programs.js'

/** The meeting that the English school leads; every school may write it. */
const MEETING = 'January meeting of the Dala Kopiri network of schools'

let browser
let demo
let tulpar
let rodnik

before(async () => {
  demo = await startSchools()
  rodnik = demo.schools.find((school) => school.language === 'ru')
  tulpar = demo.schools.find((school) => school.language === 'en')
  browser = await openBrowser()
})

after(async () => {
  await browser?.close()
  await demo?.stop()
})

const desk = (school, options) => openDesk(browser, school, options)

function titles(page) {
  return page.getByTestId('agenda-item').locator('h3 textarea').evaluateAll((fields) => fields.map((field) => field.value))
}

async function addItem(page, title) {
  await page.getByTestId('add-agenda-item').click()
  const field = page.getByTestId('agenda-item').last().locator('h3 textarea')
  await field.fill(title)
  await saved(page)
}

/** Waits until the page names somebody of another school among those who are here. */
async function seePerson(page, name) {
  await page.getByTestId('present').filter({ hasText: name }).waitFor({ timeout: REACH_MS })
}

/** Waits until the page shows an item of this title. */
async function seeItem(page, title) {
  await page.waitForFunction(
    (wanted) => [...document.querySelectorAll('[data-testid="agenda-item"] h3 textarea')].some((field) => field.value === wanted),
    title,
    { timeout: REACH_MS },
  )
}

test('the list shows the plans and meetings of all three schools, in the language of the person', async () => {
  for (const school of demo.schools) {
    const page = await desk(school)
    await page.waitForFunction(() => document.querySelectorAll('[data-testid="document"]').length === 6)
    assert.equal(await page.locator('html').getAttribute('lang'), school.language, 'the page speaks the language of the account')
    await picture(page, `documents-${school.language}-laptop`)
    await page.setViewportSize(PHONE)
    await picture(page, `documents-${school.language}-phone`)
    assert.deepEqual(page.faults, [], `nothing goes wrong unseen at ${school.name}`)
    await page.context().close()
  }
})

test('a plan and a meeting are there in full, on a laptop and on a phone', async () => {
  const page = await desk(tulpar)
  await openDocument(page, 'development plan 2026/27')
  await page.waitForFunction(() => document.querySelectorAll('[data-testid="action"]').length === 40)
  assert.equal(await page.getByTestId('goal').count(), 12)
  await picture(page, 'plan-laptop')
  await page.setViewportSize(PHONE)
  await picture(page, 'plan-phone')
  await page.setViewportSize(LAPTOP)
  await page.goto(tulpar.page)
  await openDocument(page, MEETING)
  await page.waitForFunction(() => document.querySelectorAll('[data-testid="agenda-item"]').length >= 8)
  await picture(page, 'meeting-laptop')
  await page.setViewportSize(PHONE)
  await picture(page, 'meeting-phone')
  await page.context().close()
})

test('two schools write one agenda; one is cut off, both go on, the line is joined, and both have all of it', async () => {
  const [here, there] = [await desk(tulpar), await desk(rodnik)]
  await openDocument(here, MEETING)
  await openDocument(there, MEETING)

  await seePerson(here, rodnik.director.name)
  await seePerson(there, tulpar.director.name)

  // Typed, not pasted: the other page has the beginning while the rest is not written yet.
  await addItem(here, '')
  const typed = here.getByTestId('agenda-item').last().locator('h3 textarea')
  await typed.pressSequentially('Exchange of teachers')
  await seeItem(there, 'Exchange of teachers')
  await typed.pressSequentially(' in spring')
  await seeItem(there, 'Exchange of teachers in spring')
  await addItem(there, 'Олимпиада по физике')
  await seeItem(here, 'Олимпиада по физике')

  await turnLine(there, 'cut')
  await there.getByTestId('agenda-item').first().waitFor()
  await addItem(there, 'Написано без связи')
  await addItem(here, 'Written while the line was cut')
  const [alone, online] = [await titles(there), await titles(here)]
  assert.ok(!alone.includes('Written while the line was cut'), 'nothing comes to the school that is cut off')
  assert.ok(!online.includes('Написано без связи'), 'nothing comes from the school that is cut off')
  await reached(there, 1, 3)
  await reached(here, 2, 3)
  await there.getByTestId('safety-open').click()
  const waiting = there.getByTestId('safety-more').locator('li')
  assert.equal(await waiting.count(), 2, 'the line of safety names both schools that wait')
  await waiting.filter({ hasText: tulpar.name }).waitFor()
  await picture(there, 'meeting-cut-laptop')

  await turnLine(there, 'open')
  await seeItem(there, 'Written while the line was cut')
  await seeItem(here, 'Написано без связи')
  assert.deepEqual(await titles(there), await titles(here), 'both pages show the same agenda in the same order')
  await reached(here, 3, 3)
  await reached(there, 3, 3)
  await picture(here, 'meeting-joined-laptop')
  for (const page of [here, there]) await page.context().close()
})

/** A plan that both may write, made by one and open at both. */
async function sharePlan(here, there, title) {
  await here.getByTestId('rail/plans').click()
  await here.getByTestId('new-plan').click()
  const form = here.getByTestId('new-document')
  await form.locator('#new-title').fill(title)
  await form.locator('#new-space').selectOption({ label: 'Дала көпірі' })
  await form.locator('[name="writers"]').last().check()
  await form.locator('button.first').click()
  await here.getByTestId('safety').waitFor()
  await there.getByTestId('document').filter({ hasText: title }).waitFor({ timeout: REACH_MS })
  await openDocument(there, title)
}

test('two schools write one story of a plan at once, and both have the words of both', async () => {
  const [here, there] = [await desk(tulpar), await desk(rodnik)]
  await sharePlan(here, there, 'A plan of two schools')

  const story = (page) => page.getByTestId('rich-narrative').locator('.ProseMirror')
  await story(here).click()
  await here.keyboard.type('We began with the lessons. ')
  await seeWords(there, 'rich-narrative', 'We began with the lessons.')
  await story(there).click()
  await there.keyboard.press('Control+End')
  await Promise.all([
    here.keyboard.type('Written at Tulpar.', { delay: 15 }),
    there.keyboard.type('Написано в «Роднике».', { delay: 15 }),
  ])
  const letters = async (page) => [...(await story(page).innerText()).replace(/\s/g, '')].sort().join('')
  const wanted = [...'We began with the lessons. Written at Tulpar. Написано в «Роднике».'.replace(/\s/g, '')].sort().join('')
  const everything = (page) =>
    page.waitForFunction(
      (all) => [...(document.querySelector('[data-testid="rich-narrative"] .ProseMirror')?.innerText ?? '').replace(/\s/g, '')].sort().join('') === all,
      wanted,
      { timeout: REACH_MS },
    )
  for (const page of [here, there]) await everything(page)
  assert.equal(await letters(here), await letters(there))
  // Behind a caret that stands at the very end, one of another person as well, the editor draws an empty line.
  assert.equal((await story(here).innerText()).trimEnd(), (await story(there).innerText()).trimEnd(), 'both pages show the same text')
  await saved(here)
  await here.reload()
  await everything(here)
  for (const page of [here, there]) await page.context().close()
})

test('Ctrl+Z after an item is removed brings it back, and takes no words out of the field typed in before', async () => {
  const here = await desk(tulpar)
  await openDocument(here, MEETING)
  const title = 'Removed by mistake'
  await addItem(here, title)
  const first = here.locator('[data-testid^="agenda-title-"]').first()
  await first.click()
  await here.keyboard.press('Control+End')
  await here.keyboard.type(' (now)')
  const words = await first.inputValue()
  await here.getByTestId('agenda-item').last().getByTestId('remove').click()
  await here.getByTestId('undo').waitFor()
  await here.waitForFunction(() => document.activeElement?.getAttribute('data-testid') === 'undo')
  await here.keyboard.press('Control+z')
  await seeItem(here, title)
  assert.equal(await first.inputValue(), words)
  await here.getByTestId('agenda-item').last().getByTestId('remove').click()
  await saved(here)
  await here.context().close()
})

test('whoever wrote in an item that another school removed meanwhile is told of it and puts it back with its words', async () => {
  const [here, there] = [await desk(tulpar), await desk(rodnik)]
  await openDocument(here, MEETING)
  await openDocument(there, MEETING)
  const title = 'Kept by whoever wrote in it'
  await addItem(here, title)
  await seeItem(there, title)

  await turnLine(there, 'cut')
  const itemOf = (page) => page.getByTestId('agenda-item').last()
  await itemOf(there).getByTestId('remove').click()
  await saved(there)
  const minutes = itemOf(here).locator('.notes .ProseMirror')
  await minutes.click()
  await here.keyboard.type('Said at Tulpar.', { delay: 30 })
  assert.equal((await minutes.innerText()).trim(), 'Said at Tulpar.', 'the minutes keep the caret from key to key')
  await saved(here)

  await turnLine(there, 'open')
  const note = here.getByTestId('removed-elsewhere')
  await note.waitFor({ timeout: REACH_MS })
  assert.ok(await note.evaluate((notice) => notice === document.activeElement), 'whoever was typing goes on at the notice')
  await here.keyboard.type(' and on ')
  assert.equal(await here.getByTestId('removed-elsewhere').count(), 1, 'and does not press what they have not seen')
  await picture(here, 'meeting-removed-elsewhere-laptop')
  await here.reload()
  await note.waitFor({ timeout: REACH_MS })
  await note.getByTestId('put-back').click()
  await seeItem(there, title)
  assert.equal((await minutes.innerText()).trim(), 'Said at Tulpar.')
  for (const page of [here, there]) await page.context().close()
})

test('whoever wrote in an action whose goal another school removed meanwhile is told of it and puts the goal back', async () => {
  const [here, there] = [await desk(tulpar), await desk(rodnik)]
  await sharePlan(here, there, 'A plan with a goal')
  await there.getByTestId('add-priority').click()
  await there.getByTestId('add-goal').first().click()
  const goal = (page) => page.getByTestId('goal')
  await goal(there).locator('h4 textarea').fill('Every lesson is visited once')
  await there.getByTestId('add-action').click()
  await goal(here).getByTestId('action').waitFor({ timeout: REACH_MS })

  await turnLine(there, 'cut')
  await goal(there).getByTestId('row-menu').first().click()
  await goal(there).getByTestId('remove').first().click()
  await saved(there)
  await here.getByTestId('action').locator('.what textarea').fill('Teachers visit each other')
  await saved(here)

  await turnLine(there, 'open')
  const note = here.getByTestId('removed-elsewhere')
  await note.filter({ hasText: 'Every lesson is visited once' }).waitFor({ timeout: REACH_MS })
  await picture(here, 'plan-goal-removed-elsewhere-laptop')
  await note.getByTestId('put-back').click()
  await note.waitFor({ state: 'detached' })
  const action = goal(there).locator('.what textarea')
  await action.waitFor({ timeout: REACH_MS })
  assert.equal(await action.inputValue(), 'Teachers visit each other', 'the action stands under its goal again, at both')
  assert.equal(await goal(there).locator('h4 textarea').inputValue(), 'Every lesson is visited once')
  for (const page of [here, there]) await page.context().close()
})

test("another school's plan is read only and says why; one's own can be written", async () => {
  const page = await desk(rodnik)
  await openDocument(page, 'development plan 2026/27')
  const note = page.getByTestId('read-only')
  await note.filter({ hasText: tulpar.name }).waitFor()
  assert.equal(await page.locator('[data-testid="sheet"]').getAttribute('data-writable'), 'false')
  assert.equal(await page.getByTestId('mission').getAttribute('readonly'), '', 'its fields take no words')
  assert.equal(await page.locator('[contenteditable="true"]').count(), 0, 'nor do its rich texts')
  await page.goto(rodnik.page)
  await openDocument(page, 'План развития')
  await page.locator('[data-testid="sheet"][data-writable="true"]').waitFor()
  assert.equal(await note.count(), 0)
  await page.context().close()
})

test('on a phone nothing is wider than the screen, and the tools of a text lie over no heading', async () => {
  const page = await desk(tulpar, { viewport: PHONE })
  const fits = async (where) =>
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), `${where} fits a phone`)
  for (const path of ['/', '/network', '/people']) {
    await page.goto(tulpar.page + path)
    await page.locator('h1').waitFor()
    await fits(path)
  }
  await page.goto(tulpar.page)
  await openDocument(page, 'development plan 2026/27')
  const story = page.getByTestId('rich-narrative')
  await story.locator('.ProseMirror').click()
  const tools = story.getByRole('toolbar')
  await tools.waitFor()
  await fits('a plan')
  const [bar, heading] = [await tools.boundingBox(), await story.locator('.label').boundingBox()]
  assert.ok(heading.y + heading.height <= bar.y || bar.y + bar.height <= heading.y, 'the tools and the heading do not meet')
  await picture(page, 'plan-writing-phone')
  await page.context().close()
})

test('on a phone the fields of an action are as large as a finger, and its two dates have their names', async () => {
  const page = await desk(tulpar, { viewport: PHONE })
  await openDocument(page, 'development plan 2026/27')
  const action = page.getByTestId('action').first()
  for (const field of ['action-status', 'action-start', 'action-due']) {
    const { height } = await action.getByTestId(field).boundingBox()
    assert.ok(height >= 44, `${field} is ${height} px high`)
  }
  for (const name of ['Start', 'Due']) await action.getByText(name, { exact: true }).waitFor()
  await action.evaluate((row) => row.scrollIntoView({ block: 'center' }))
  await picture(page, 'plan-action-phone')
  await page.context().close()
})

test('on a phone one reads the whole item that a decision belongs to', async () => {
  const page = await desk(tulpar, { viewport: PHONE })
  await openDocument(page, MEETING)
  const decision = page.getByTestId('decision').first()
  const choice = decision.locator('select')
  const longest = await choice.locator('option').evaluateAll((options) => options.map(({ label }) => label).sort((a, b) => a.length - b.length).at(-1))
  await choice.selectOption({ label: longest })
  const shown = decision.getByTestId('decision-item')
  await shown.filter({ hasText: longest }).waitFor()
  assert.ok(await shown.evaluate((words) => words.scrollWidth <= words.clientWidth && words.scrollHeight <= words.clientHeight), 'nothing of it is cut')
  const { x, width, height } = await choice.boundingBox()
  assert.ok(x + width <= PHONE.width && height >= 44, 'and the whole of it opens the list')
  await decision.evaluate((item) => item.scrollIntoView({ block: 'center' }))
  await picture(page, 'meeting-decision-phone')
  await page.context().close()
})
