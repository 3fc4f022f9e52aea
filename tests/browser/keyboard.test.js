// A day without a mouse: a document of each kind, made, written, put in order, looked back at and spoken of, with keys alone.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { openBrowser, openWindow, saved } from './harness/browser.js'
import { ask } from './harness/documents.js'
import { brought, command, press, tabTo, use } from './harness/keyboard.js'
import { startNode } from './harness/programs.js'

const director = { name: 'Aigul Sarsenova', login: 'aigul', password: 'keyboard-2026' }

let browser
let node
let page

before(async () => {
  node = await startNode('Koktem School')
  browser = await openBrowser()
  page = await openWindow(browser, node.address)
  await page.getByTestId('first-start').waitFor()
})

after(async () => {
  await browser?.close()
  await node?.stop()
})

const type = (words) => page.keyboard.type(words)
const values = (selector) => page.locator(selector).evaluateAll((fields) => fields.map((field) => field.value ?? field.textContent))

/** A new document of the kind; the keyboard stands in its title. */
async function make(kind, title) {
  await command(page, `new ${kind}`)
  await brought(page, 'new-title')
  await type(title)
  await page.keyboard.press('Enter')
}

/** The history of the document that is open, a difference in it, and the way back. */
async function lookBack(words) {
  await saved(page)
  await page.keyboard.press('Escape')
  await use(page, 'open-history')
  await page.locator('[data-testid="history"] ins').filter({ hasText: words }).first().waitFor()
  await use(page, 'back-to-document')
  await page.getByTestId('safety').waitFor()
  await brought(page, 'content')
}

test('the first account', async () => {
  await tabTo(page, 'code')
  await type(node.setupCode)
  for (const field of ['name', 'login', 'password']) {
    await tabTo(page, field)
    await type(director[field])
  }
  await page.keyboard.press('Enter')
  await page.getByTestId('home').waitFor()
  await ask(page, 'POST', 'spaces', { name: 'The network' })
  await page.reload()
  await page.getByTestId('home').waitFor()
})

test('a plan: its mission, two priorities that change places, a goal and an action, a remark, the history', async () => {
  await make('plan', 'Development plan')
  await brought(page, 'title')
  await use(page, 'go-priorities')
  await tabTo(page, 'mission')
  await type('Every pupil learns.')
  await use(page, 'add-priority')
  await brought(page, 'priority-')
  await type('We learn from each other')
  await use(page, 'add-priority')
  await brought(page, 'priority-')
  await type('Reading in every lesson')
  await use(page, 'row-menu')
  await brought(page, 'move-up')
  await press(page, 'Enter')
  await page.waitForFunction(() => document.querySelector('textarea[data-testid^="priority-"]')?.value === 'Reading in every lesson')
  await tabTo(page, 'next-step')
  await press(page, 'Enter')
  await use(page, 'add-goal')
  await brought(page, 'goal-')
  await type('Every teacher visits a colleague')
  await use(page, 'add-action')
  await brought(page, 'action-what-')
  await type('Draw up a timetable')
  await page.keyboard.press('Control+Alt+m')
  await page.waitForFunction(() => document.activeElement?.closest('[data-testid="remark-new"]'))
  await type('By whom?')
  await press(page, 'Control+Enter')
  await page.getByTestId('remark').filter({ hasText: 'By whom?' }).waitFor()
  await brought(page, 'remark')
  await press(page, 'Escape')
  await lookBack('Every teacher visits')
})

test('a meeting: an agenda in another order, somebody present, a decision, an action item, the minutes', async () => {
  await make('meeting', 'Council')
  await brought(page, 'title')
  await use(page, 'i-am-here')
  await page.locator('[data-testid="attendant"] input:checked').waitFor()
  for (const title of ['Welcome', 'Visits']) {
    await use(page, 'add-agenda-item')
    await brought(page, 'agenda-title-')
    await type(title)
  }
  await press(page, 'Alt+ArrowUp')
  await page.waitForFunction(() => document.querySelector('[data-testid^="agenda-title-"]')?.value === 'Visits')
  await press(page, 'Alt+ArrowDown')
  await tabTo(page, 'move-up')
  await press(page, 'Enter')
  await page.waitForFunction(() => document.querySelector('[data-testid^="agenda-title-"]')?.value === 'Visits')
  await use(page, 'remove')
  await brought(page, 'undo')
  await press(page, 'Enter')
  await page.waitForFunction(() => document.querySelectorAll('[data-testid="agenda-item"]').length === 2)
  await use(page, 'decide')
  await type('Twice a term')
  await use(page, 'add-task')
  await type('Ask who begins')
  await use(page, 'show-minutes', 'Shift+Tab')
  await page.getByTestId('minutes').filter({ hasText: 'Twice a term' }).waitFor()
  await use(page, 'back-to-writing', 'Shift+Tab')
  await page.getByTestId('minutes').waitFor({ state: 'hidden' })
  await lookBack('Twice a term')
})

test('a year plan: a phase, and events', async () => {
  await make('year', 'The year')
  await brought(page, 'title')
  await use(page, 'add-phase')
  await brought(page, 'phase-')
  await type('Beginning')
  await use(page, 'add-event')
  await brought(page, 'event-')
  await type('First session')
  await lookBack('First session')
})

test('a notebook: its pattern, a step, an entry, and what is shared of it', async () => {
  await make('notebook', 'What I try')
  await brought(page, 'title')
  await use(page, 'pattern-project')
  await page.getByTestId('private-note').waitFor()
  await use(page, 'write-entry', 'Shift+Tab')
  await type('Pupils answer when I wait.')
  await use(page, 'entry-done')
  await page.getByTestId('entry').filter({ hasText: 'when I wait' }).waitFor()
  await tabTo(page, 'step-title')
  // The actions of the step, the tools of its text, the text.
  for (const _ of Array(3)) await press(page, 'Tab')
  await type('I wait after a question.')
  await saved(page)
  await use(page, 'row-menu', 'Shift+Tab')
  await page.getByRole('menu').waitFor()
  await brought(page, 'share')
  await press(page, 'Enter')
  await page.getByTestId('share-form').waitFor()
  await tabTo(page, 'share-space')
  await press(page, 'Tab')
  await press(page, 'ArrowDown')
  await tabTo(page, 'pseudonym')
  await type('A teacher of the steppe')
  await tabTo(page, 'share-title')
  await type('A pause after the question')
  await tabTo(page, 'consent-me')
  await press(page, 'Space')
  await use(page, 'share-go')
  await page.getByTestId('shared-done').waitFor()
  await press(page, 'Escape')
  await page.locator('[data-testid="shared-copy"][data-standing="same"]').waitFor()
  await lookBack('when I wait')
})

test('a portfolio: a piece under a criterion', async () => {
  await make('portfolio', 'What I can')
  await brought(page, 'title')
  await use(page, 'add-piece-')
  await brought(page, 'piece-title')
  await type('Questions in mathematics')
  await lookBack('Questions in mathematics')
})

test('a discussion, and an answer in it', async () => {
  await command(page, 'new discussion')
  await brought(page, 'thread-title')
  await type('Reading aloud')
  await tabTo(page, 'thread-words')
  await type('How do you begin?')
  await press(page, 'Tab')
  await press(page, 'Tab')
  await page.keyboard.press('Enter')
  await page.getByTestId('post').filter({ hasText: 'How do you begin?' }).waitFor()
  await brought(page, 'content')
  await use(page, 'post-answer')
  await type('With a riddle.')
  await press(page, 'Control+Enter')
  await page.getByTestId('post').filter({ hasText: 'With a riddle.' }).waitFor()
})

test('a request for feedback, and one more question in it', async () => {
  await command(page, 'ask for feedback')
  await brought(page, 'question-0')
  await type('What would you leave out?')
  await tabTo(page, 'feedback-by')
  await tabTo(page, 'ask-go')
  await page.keyboard.press('Enter')
  await page.getByTestId('question').waitFor()
  await brought(page, 'content')
  await use(page, 'feedback-add-question')
  await type('Which priority?')
  await page.waitForFunction(() => document.activeElement?.value === 'Which priority?')
})

test('the theme and the language, by the list of commands and where they stand', async () => {
  await page.keyboard.press('Escape')
  await command(page, 'appearance: dark')
  await page.locator('html[data-theme="dark"]').waitFor()
  await command(page, 'people')
  await page.getByTestId('people').waitFor()
  await brought(page, 'content')
  await tabTo(page, 'theme-dark')
  await press(page, 'ArrowUp')
  await page.locator('html[data-theme="light"]').waitFor()
  await tabTo(page, 'language-ru', 'Shift+Tab')
  await press(page, 'Enter')
  await page.locator('html[lang="ru"]').waitFor()
  assert.equal(await page.evaluate(() => document.activeElement?.dataset.testid), 'language-ru')
})

test('nothing went wrong unseen', () => {
  assert.deepEqual(page.faults, [])
})
