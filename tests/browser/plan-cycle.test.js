import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { openBrowser, openWindow, saved } from './harness/browser.js'
import { startNode } from './harness/programs.js'

const director = { name: 'Aigul Sarsenova', login: 'aigul', password: 'plan-cycle-2026' }

let browser
let node
let page

before(async () => {
  node = await startNode('Koktem School')
  browser = await openBrowser()
  page = await openWindow(browser, node.address)
  for (const [field, value] of Object.entries({ code: node.setupCode, ...director })) await page.locator(`#${field}`).fill(value)
  await page.locator('[data-testid="first-start"] button.first').click()
  await page.getByTestId('new-plan').click()
  await page.locator('#new-title').fill('Development plan 2026')
  await page.locator('[data-testid="new-document"] button.first').click()
  await page.getByTestId('step-report').waitFor({ state: 'attached' })
})

after(async () => {
  await browser?.close()
  await node?.stop()
})

const focused = () => page.evaluate(() => document.activeElement?.getAttribute('data-testid') ?? '')

/** What one presses stands on the page: with the keyboard, as whoever has no mouse. */
async function press(testid, root = page) {
  await root.getByTestId(testid).first().focus()
  await page.keyboard.press('Enter')
}

/** Waits until the keyboard stands in a new field whose name begins so, and writes there. */
async function writeIn(prefix, words) {
  await page.waitForFunction((wanted) => document.activeElement?.getAttribute('data-testid')?.startsWith(wanted), prefix)
  await page.keyboard.type(words)
  return focused()
}

/** Sets a date as the browser's own field takes it. */
async function setDate(testid, date, root = page) {
  await root.getByTestId(testid).first().evaluate((field, value) => {
    field.value = value
    field.dispatchEvent(new Event('input', { bubbles: true }))
  }, date)
}

async function goTo(step) {
  await press(`go-${step}`)
  await page.locator(`[data-testid="step-${step}"]:not([hidden])`).waitFor()
}

test('a new plan stands at its first step and teaches each of them in a few words', async () => {
  assert.equal(await page.getByTestId('step').getAttribute('data-value'), 'self_evaluation')
  for (const step of ['self_evaluation', 'priorities', 'plan', 'process', 'report']) assert.ok((await page.getByTestId(`teach-${step}`).innerText()).length > 40)
  await setDate('period-from', '2026-09-01')
  await setDate('period-to', '2027-06-25')
})

test('a step has an address of its own, which shows it alone; the way back is the browser’s', async () => {
  await goTo('priorities')
  assert.ok(page.url().endsWith('#step-priorities'))
  assert.equal(await page.getByTestId('mission').isVisible(), true)
  assert.equal(await page.getByTestId('add-survey').isVisible(), false)
  await page.goBack()
  await page.getByTestId('add-survey').waitFor()
  await page.goForward()
  await page.getByTestId('add-survey').waitFor({ state: 'hidden' })
  await page.reload()
  await page.getByTestId('mission').waitFor()
  assert.equal(await page.getByTestId('lens-factors').isVisible(), false, 'a page opened by the address shows that step')
  await press('next-step')
  await page.locator('[data-testid="step-plan"]:not([hidden])').waitFor()
  assert.ok(page.url().endsWith('#step-plan'))
  assert.equal(await page.getByTestId('mission').isVisible(), false, 'from one step to the next one looks at one step still')
})

test('step 1: a question of a lens is picked, judged with evidence and named the focus', async () => {
  await goTo('self_evaluation')
  await page.getByTestId('lens-factors').locator('summary').press('Enter')
  await press('take-factors-enquiry')
  const judged = page.getByTestId('judged')
  await judged.waitFor()
  await judged.getByTestId('rating-2').press('Space')
  await judged.getByTestId('focus').press('Space')
  await judged.locator('[data-testid^="evidence-"]').focus()
  await page.keyboard.type('Fourteen visits last year')
  assert.equal(await page.getByTestId('teach-self_evaluation').count(), 0, 'what has begun teaches no more')
  assert.equal(await page.getByTestId('take-factors-enquiry').count(), 0, 'what is taken is not offered again')
})

test('step 1: a questionnaire is asked, and its paper answers are counted as totals', async () => {
  await press('add-survey')
  await writeIn('survey-', 'How do you see our school?')
  await press('add-survey-question')
  await writeIn('survey-question-', 'My child likes to come')
  await page.keyboard.press('Enter')
  await writeIn('survey-question-', 'I know whom to ask')
  await page.getByTestId('survey-table').locator('summary').press('Enter')
  await press('count-paper')
  await page.getByTestId('tally-rated_3').first().fill('12')
  await page.getByTestId('tally-rated_4').first().fill('8')
  await page.keyboard.press('Tab')
  await page.getByTestId('survey-totals').getByText('20').waitFor()
  assert.equal(await page.getByTestId('survey-totals').locator('svg').count(), 1, 'a question that nobody has answered has no bar')
})

test('step 2: a priority rests on the judgement that it points back to', async () => {
  await goTo('priorities')
  await page.getByTestId('mission').focus()
  await page.keyboard.type('Every pupil learns to think.')
  await press('add-priority')
  await writeIn('priority-', 'We learn from each other')
  const enquiry = await page.getByTestId('rest-on').locator('option').nth(1).getAttribute('value')
  await page.getByTestId('rest-on').selectOption(enquiry)
  assert.match(await page.getByTestId('rests-on').innerText(), /Fourteen visits last year/)
})

test('step 3: goals, actions and an indicator with its measured values', async () => {
  await goTo('plan')
  await press('add-goal')
  await writeIn('goal-', 'Every teacher visits a colleague twice')
  await press('add-action')
  await writeIn('action-what-', 'Draw up a timetable of visits')
  await setDate('action-start', '2026-09-05')
  await setDate('action-due', '2026-10-10')
  await press('add-action')
  await writeIn('action-what-', 'Talk about what was seen')
  await page.getByTestId('action').first().getByTestId('action-status').selectOption('done')
  await press('add-indicator')
  await writeIn('indicator-', 'Visits in a term')
  await page.getByTestId('baseline').fill('14')
  await page.getByTestId('target').fill('40,5')
  await press('add-measure')
  await writeIn('measure-', '31.5')
  await page.keyboard.press('Tab')
  await page.getByTestId('curve').waitFor()
  await page.getByTestId('timeline').locator('summary').press('Enter')
  await page.getByTestId('timeline-picture').waitFor()
  await page.getByTestId('progress').locator('summary').press('Enter')
  assert.match(await page.getByTestId('progress-picture').innerText(), /1 of 2/)
})

test('a number that is none is said to be so, and the one before stays', async () => {
  const target = page.getByTestId('target')
  await target.fill('many')
  await page.keyboard.press('Tab')
  await page.locator('[data-testid="target"][aria-invalid="true"]').waitFor()
  await target.fill('40.5')
  await page.keyboard.press('Tab')
  await page.locator('[data-testid="target"]:not([aria-invalid])').waitFor()
})

test('step 4: what has changed, by kind, with a day to look again', async () => {
  await goTo('process')
  await page.getByTestId('rich-worked').locator('.ProseMirror').focus()
  await page.keyboard.type('The shared hour.')
  await press('add-impact')
  await writeIn('impact-', 'Teachers talk about what pupils did')
  const impact = page.getByTestId('impact')
  await impact.getByTestId('impact-kind').selectOption('capacity')
  await impact.locator('input[type="date"]').evaluate((field) => {
    field.value = '2026-01-15'
    field.dispatchEvent(new Event('input', { bubbles: true }))
  })
  await page.getByTestId('look-again').waitFor()
  await impact.locator('[data-testid^="seen-"]').fill('They still do')
  await page.getByTestId('look-again').waitFor({ state: 'detached' })
})

test('step 5: the report draws itself from the plan; a finding is carried on', async () => {
  await goTo('report')
  await page.getByTestId('step').selectOption('report')
  const goal = page.getByTestId('goal-report')
  assert.match(await goal.innerText(), /1 of 2[\s\S]*Visits in a term[\s\S]*14[\s\S]*31\.5[\s\S]*40\.5/)
  await press('add-finding', goal)
  await writeIn('finding-', 'Visits need an hour that all have')
  await goal.getByTestId('carry').press('Space')
  await page.getByTestId('agreed-by').fill('Chair of the council')
  await saved(page)
})

test('the next plan begins with what this one found, and each points to the other', async () => {
  const before = new URL(page.url()).pathname
  await press('prepare-next')
  await page.locator('#next-title').fill('Development plan 2027')
  await page.keyboard.press('Enter')
  await page.getByTestId('previous-plan').waitFor()
  await page.locator('[data-testid="title"]').and(page.locator(':focus')).waitFor()
  assert.equal(await page.getByTestId('title').inputValue(), 'Development plan 2027')
  await page.getByTestId('step-report').waitFor({ state: 'attached' })
  assert.equal(await page.getByTestId('period-from').inputValue(), '2027-09-01')
  assert.equal(await page.getByTestId('mission').inputValue(), 'Every pupil learns to think.')
  const judged = page.getByTestId('judged')
  assert.equal(await judged.locator('[data-testid^="evidence-"]').inputValue(), 'Visits need an hour that all have')
  assert.deepEqual(await page.locator('[data-testid^="action-what-"]').evaluateAll((fields) => fields.map((field) => field.value)), ['Talk about what was seen'], 'what is done stays behind')
  assert.equal(await page.getByTestId('baseline').inputValue(), '31.5', 'an indicator begins where it has come to')
  await saved(page)
  await press('previous-plan')
  await page.waitForURL((url) => url.pathname === before)
  await page.getByTestId('next-plan').first().waitFor({ state: 'attached' })
})

test('nothing went wrong unseen', () => {
  assert.deepEqual(page.faults, [])
})
