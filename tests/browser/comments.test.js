import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { LAPTOP, PHONE, REACH_MS, openBrowser, openDesk, openDocument, picture, saved } from './harness/browser.js'
import { startSchools } from './harness/programs.js'

/** The plan of the English school: the others read it and may not write it. */
const PLAN = 'Tulpar International School: development plan 2026/27'

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

async function openPlan(school, options) {
  const page = await openDesk(browser, school, options)
  // From the list of all: the home shows the newest, and which of the documents of the demo those are is told by the clock.
  await openDocument(page, PLAN)
  await page.locator('[data-testid="rich-vision"] .ProseMirror p').first().waitFor()
  return page
}

const mission = (page) => page.getByTestId('mission')

/** Chooses the first `count` letters of the mission, as with the mouse: a field that one may only read has no caret to move. */
async function chooseInMission(page, count) {
  await mission(page).evaluate((field, end) => {
    field.focus()
    field.setSelectionRange(0, end)
  }, count)
}

/** Waits until so many remarks and suggestions are open. */
async function openRemarks(page, count) {
  await page.locator(`[data-testid="remarks-open"][data-count="${count}"]`).waitFor({ state: 'attached', timeout: REACH_MS })
}

test('a school that may not write a plan remarks on it and suggests other words; at home they are accepted, and both see it', async () => {
  const [there, here] = [await openPlan(rodnik), await openPlan(tulpar)]
  await there.locator('[data-testid="sheet"][data-writable="false"]').waitFor()
  const before = await mission(there).inputValue()
  const words = before.slice(0, 'We bring together'.length)

  await chooseInMission(there, words.length)
  await there.keyboard.press('Control+Alt+m')
  await there.getByTestId('remark-new').locator('textarea').fill('Почему именно так? <script>alert(1)</script>')
  await there.keyboard.press('Control+Enter')
  await there.getByTestId('remark').waitFor()
  assert.ok(await there.getByTestId('remark').evaluate((card) => card === document.activeElement), 'whoever has remarked stays at the remark')

  await chooseInMission(there, words.length)
  await there.keyboard.press('Control+Alt+s')
  const form = there.getByTestId('suggest')
  await form.locator('textarea').first().fill('We gather')
  await form.locator('textarea').last().fill('Проще.')
  await form.locator('button.first').click()
  await there.getByTestId('suggestion').waitFor()
  assert.equal(await there.getByTestId('suggestion-accept').count(), 0, 'who may not write the plan may not accept')
  assert.equal(await mission(there).inputValue(), before, 'a suggestion changes nothing in the plan')
  await picture(there, 'remarks-ru-laptop')

  await openRemarks(here, 2)
  await here.getByTestId('remarks-open').click()
  await here.getByTestId('remark').filter({ hasText: '<script>alert(1)</script>' }).filter({ hasText: rodnik.name }).waitFor()
  await here.getByTestId('remark').click()
  await here.getByTestId('remark-answer').locator('textarea').fill('We asked the parents.')
  await here.keyboard.press('Control+Enter')
  await there.getByTestId('remark').click()
  await there.getByTestId('remark').filter({ hasText: 'We asked the parents.' }).waitFor({ timeout: REACH_MS })

  // Somebody writes before the words meanwhile: the suggestion stays with them.
  await mission(here).focus()
  await here.keyboard.press('Control+Home')
  await here.keyboard.type('At Tulpar: ')
  await saved(here)
  await here.getByTestId('suggestion').click()
  await picture(here, 'remarks-en-laptop')
  await here.getByTestId('suggestion-accept').click()
  const after = `At Tulpar: We gather${before.slice(words.length)}`
  assert.equal(await mission(here).inputValue(), after)
  await there.waitForFunction(([testid, wanted]) => document.querySelector(`[data-testid="${testid}"]`)?.value === wanted, ['mission', after], { timeout: REACH_MS })
  await openRemarks(there, 1)
  await there.getByTestId('remarks-settled').click()
  await there.getByTestId('suggestion').filter({ hasText: tulpar.director.name }).waitFor()

  await here.getByTestId('remark').click()
  await here.getByTestId('remark-resolve').click()
  await openRemarks(there, 0)
  for (const page of [here, there]) {
    assert.deepEqual(page.faults.filter((fault) => !fault.includes('404')), [])
    await page.context().close()
  }
})

test('a suggestion whose words have changed meanwhile says so before it is accepted', async () => {
  const [there, here] = [await openPlan(rodnik), await openPlan(tulpar)]
  const before = await mission(there).inputValue()
  await chooseInMission(there, 9)
  await there.keyboard.press('Control+Alt+s')
  await there.getByTestId('suggest').locator('textarea').first().fill('In our school')
  await there.getByTestId('suggest').locator('button.first').click()
  await openRemarks(here, 1)

  await mission(here).focus()
  await here.keyboard.press('Control+Home')
  for (let step = 0; step < 4; step += 1) await here.keyboard.press('ArrowRight')
  await here.keyboard.type('!')
  await here.getByTestId('remarks-open').click()
  await here.getByTestId('suggestion').click()
  await here.getByTestId('suggestion').filter({ hasText: `${before.slice(0, 4)}!${before.slice(4, 9)}` }).waitFor()
  await here.getByTestId('suggestion-accept').click()
  assert.equal(await mission(here).inputValue(), `In our school${before.slice(9)}`)
  for (const page of [here, there]) await page.context().close()
})

test('on a phone remarks come as a sheet from the foot, and nothing is wider than the screen', async () => {
  const page = await openPlan(rodnik, { viewport: PHONE })
  await page.getByTestId('remarks-open').click()
  const sheet = page.getByTestId('remarks')
  await sheet.waitFor()
  await page.getByTestId('remark-begin').click()
  await page.getByTestId('remark-new').locator('textarea').fill('Хороший план')
  await page.getByTestId('remark-new').locator('button.first').click()
  await page.getByTestId('remark').filter({ hasText: 'Хороший план' }).waitFor()
  const { y, height } = await sheet.boundingBox()
  assert.ok(Math.abs(y + height - PHONE.height) <= 1 && height < PHONE.height * 0.7, 'the text is seen above it')
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), 'it fits')
  await picture(page, 'remarks-phone')
  await page.getByTestId('remarks-close').click()
  await page.context().close()
})

test('a thread is answered by a school that was not there, and what is new is marked when one comes back', async () => {
  const [here, there] = [await openPlan(tulpar), await openDesk(browser, rodnik)]
  await here.getByTestId('talks-open').click()
  await here.getByTestId('talk-about').click()
  const form = here.getByTestId('thread-begin')
  await form.locator('#thread-title').fill('Reading in every subject')
  await form.locator('#thread-words').fill('How do you begin a lesson?')
  // A tab that is closed in the middle loses nothing of it.
  await here.reload()
  await here.getByTestId('talks-open').click()
  await here.getByTestId('talk-about').click()
  await form.waitFor()
  assert.equal(await form.locator('#thread-title').inputValue(), 'Reading in every subject')
  assert.equal(await form.locator('#thread-words').inputValue(), 'How do you begin a lesson?')
  await form.locator('button.first').click()
  await here.getByTestId('post').filter({ hasText: 'How do you begin a lesson?' }).waitFor()
  await here.getByTestId('about').filter({ hasText: PLAN }).waitFor()
  await saved(here)
  const thread = new URL(here.url()).pathname
  await here.goto(tulpar.page)

  await there.getByTestId('document').filter({ hasText: 'Reading in every subject' }).first().click({ timeout: REACH_MS })
  await there.getByTestId('post-answer').first().click()
  await there.getByTestId('post-answering').locator('textarea').fill('Пять минут читаем вслух.')
  await there.getByTestId('post-answering').locator('button.first').click()
  await there.getByTestId('post').filter({ hasText: 'Пять минут' }).waitFor()
  await saved(there)

  await here.goto(new URL(thread, tulpar.page).href)
  await here.getByTestId('post').filter({ hasText: 'Пять минут' }).waitFor({ timeout: REACH_MS })
  await here.getByTestId('fresh').waitFor()
  assert.equal(await here.getByTestId('post').filter({ hasText: 'Пять минут' }).getByTestId('said-edit').count(), 0, "nobody edits another's post")
  await picture(here, 'thread-laptop')
  for (const page of [here, there]) await page.context().close()
})

test('a request for feedback is answered at another school, and the asker sees who has answered and how long the others were asked', async () => {
  const [here, there] = [await openPlan(tulpar, { viewport: LAPTOP }), await openDesk(browser, rodnik)]
  await here.getByTestId('talks-open').click()
  await here.getByTestId('ask-for').click()
  const form = here.getByTestId('feedback-ask')
  await form.locator('#question-0').fill('Which priority would you leave out?')
  for (const school of demo.schools) if (school !== tulpar) await form.getByText(school.name, { exact: true }).click()
  await form.getByTestId('talk-readers').filter({ hasText: '3' }).waitFor()
  await form.locator('button.first').click()
  await here.getByTestId('question').waitFor()
  assert.equal(await here.getByTestId('feedback-asked').locator('li').count(), 2)
  await here.getByTestId('feedback-asked').getByText('asked today').first().waitFor()

  await there.getByTestId('document').filter({ hasText: 'Feedback: ' }).first().click({ timeout: REACH_MS })
  await there.getByTestId('answer-new').locator('textarea').fill('Третий.')
  await there.getByTestId('answer-new').locator('button.first').click()
  await here.getByTestId('answer').filter({ hasText: 'Третий.' }).filter({ hasText: rodnik.name }).waitFor({ timeout: REACH_MS })
  await here.getByTestId('feedback-asked').locator('li').filter({ hasText: rodnik.name }).filter({ hasText: 'has answered' }).waitFor()
  await picture(here, 'feedback-laptop')
  for (const page of [here, there]) await page.context().close()
})
