// One meeting of a network from its agenda to the next one, three directors at three schools at once.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { LAPTOP, PHONE, REACH_MS, openBrowser, openDesk, picture, reached, saved } from './harness/browser.js'
import { startSchools } from './harness/programs.js'
import { inNetwork, makeDocument } from './harness/documents.js'

let browser
let demo
/** A page a school: of the Kazakh, the Russian and the English one. */
let pages
let meeting

before(async () => {
  demo = await startSchools()
  browser = await openBrowser()
  pages = []
  for (const language of ['kk', 'ru', 'en']) pages.push(await openDesk(browser, demo.schools.find((school) => school.language === language)))
})

after(async () => {
  await browser?.close()
  await demo?.stop()
})

const all = (what) => Promise.all(pages.map(what))
const open = (page, document) => page.goto(new URL(`/documents/${document}`, page.url()).href)

/** Waits until every page shows these words in fields of this kind, whatever their order. */
const everywhere = (selector, words) =>
  all((page) =>
    page.waitForFunction(
      ([fields, wanted]) => {
        const shown = [...document.querySelectorAll(fields)].map((field) => field.value)
        return wanted.every((each) => shown.includes(each))
      },
      [selector, words],
      { timeout: REACH_MS },
    ),
  )
const titles = (page) => page.locator('[data-testid="agenda-item"] h3 textarea').evaluateAll((fields) => fields.map((field) => field.value))

test('three directors write one agenda at once, and its time adds up at all three', async () => {
  const [birlik, rodnik, tulpar] = pages
  const network = await inNetwork(tulpar)
  meeting = await makeDocument(tulpar, { space: network, kind: 'meeting', title: 'March meeting of the network', language: 'en', write_rule: 'everyone' })
  await open(tulpar, meeting)
  await tulpar.getByTestId('template-meeting-network').click()
  await saved(tulpar)
  await reached(tulpar, 3, 3)
  for (const page of [birlik, rodnik]) await open(page, meeting)
  await all((page) => page.locator('[data-testid="agenda-total"][data-minutes="120"]').waitFor({ timeout: REACH_MS }))

  const own = ['Тәлімгерлер алмасуы', 'Общая олимпиада', 'A reading week']
  await all(async (page) => {
    const title = own[pages.indexOf(page)]
    await page.getByTestId('add-agenda-item').click()
    await page.keyboard.type(title, { delay: 20 })
  })
  await everywhere('[data-testid="agenda-item"] h3 textarea', own)
  await all((page) => page.locator('[data-testid="agenda-total"][data-minutes="150"]').waitFor({ timeout: REACH_MS }))

  const time = tulpar.getByTestId('meeting-time')
  await time.fill('10:00')
  await birlik.getByTestId('agenda-item').nth(1).locator('.start').filter({ hasText: '10:10' }).waitFor({ timeout: REACH_MS })
  const before = await titles(tulpar)
  const moved = tulpar.getByTestId('agenda-item').nth(2).locator('h3 textarea')
  await moved.focus()
  await tulpar.keyboard.press('Alt+ArrowUp')
  await tulpar.locator('#agenda [role="status"]').filter({ hasText: before[2] }).waitFor()
  assert.ok(await moved.evaluate((field) => field !== document.activeElement), 'the second place has another item now')
  assert.equal(await tulpar.evaluate(() => document.activeElement.value), before[2], 'whoever moves an item with the keyboard stays in it')
  await all((page) =>
    page.waitForFunction((title) => document.querySelectorAll('[data-testid="agenda-item"] h3 textarea')[1]?.value === title, before[2], { timeout: REACH_MS }),
  )
  await birlik.getByTestId('agenda-item').nth(2).locator('.start').filter({ hasText: '10:50' }).waitFor({ timeout: REACH_MS })
  assert.deepEqual(await titles(birlik), await titles(rodnik))
  await picture(tulpar, 'meeting-agenda-laptop')
})

test('each says with one press that they are here, under their own name and school', async () => {
  await all((page) => page.getByTestId('i-am-here').click())
  await all((page) => page.waitForFunction(() => document.querySelectorAll('[data-testid="attendant"] input:checked').length === 3, undefined, { timeout: REACH_MS }))
  await everywhere('[data-testid="attendant"] textarea', demo.schools.flatMap(({ name, director }) => [name, director.name]))
  const [birlik] = pages
  await birlik.getByTestId('i-am-here').click()
  await birlik.waitForFunction(() => document.querySelectorAll('[data-testid="attendant"] input:checked').length === 2)
  assert.equal(await birlik.getByTestId('attendant').count(), 3, 'a second press takes the mark back and adds nobody')
  await birlik.getByTestId('i-am-here').click()
})

test('decisions stand under their items, and whoever wrote one is told when its item is removed elsewhere', async () => {
  const [birlik, rodnik, tulpar] = pages
  await rodnik.getByTestId('agenda-item').first().getByTestId('decide').click()
  await rodnik.keyboard.type('Встречаемся раз в месяц', { delay: 10 })
  await everywhere('[data-testid="decision"] textarea', ['Встречаемся раз в месяц'])
  await tulpar.getByTestId('decision-item').filter({ hasText: '1. Welcome' }).waitFor({ timeout: REACH_MS })

  const last = birlik.getByTestId('agenda-item').last()
  await last.getByTestId('decide').click()
  await birlik.keyboard.type('Оқу аптасы сәуірде', { delay: 10 })
  await everywhere('[data-testid="decision"] textarea', ['Оқу аптасы сәуірде'])
  const removed = await last.locator('h3 textarea').inputValue()
  await tulpar.getByTestId('agenda-item').last().getByTestId('remove').click()
  const note = birlik.getByTestId('removed-elsewhere')
  await note.filter({ hasText: removed }).waitFor({ timeout: REACH_MS })
  await picture(birlik, 'meeting-item-of-decision-removed-laptop')
  await note.getByTestId('put-back').click()
  await everywhere('[data-testid="agenda-item"] h3 textarea', [removed])
})

const task = (page, words) => page.getByTestId('task').filter({ has: page.locator(`.grow[data-words="${words}"]`) })

test('action items have somebody responsible and a day, and may carry out the action of a plan', async () => {
  const [birlik, rodnik, tulpar] = pages
  const own = ['Хат жазу', 'Собрать примеры', 'Book the hall']
  await all(async (page) => {
    await page.getByTestId('add-task').click()
    await page.keyboard.type(own[pages.indexOf(page)], { delay: 20 })
  })
  await everywhere('[data-testid="task"] .what textarea', own)
  await task(tulpar, 'Book the hall').getByTestId('row-menu').click()
  await tulpar.getByTestId('link-action').click()
  const choices = tulpar.getByTestId('choose-actions').locator('button')
  await choices.first().waitFor()
  const words = await choices.nth(2).locator('span').first().innerText()
  await picture(tulpar, 'meeting-choose-action-laptop')
  await choices.nth(2).click()
  await task(birlik, 'Book the hall').getByTestId('plan-action').filter({ hasText: words }).waitFor({ timeout: REACH_MS })
  await task(rodnik, 'Собрать примеры').getByTestId('task-done').check()
  await all((page) => task(page, 'Собрать примеры').and(page.locator('[data-done="true"]')).waitFor({ timeout: REACH_MS }))
})

test('the minutes have what was settled and nothing of what was left empty', async () => {
  const [, , tulpar] = pages
  await tulpar.getByTestId('show-minutes').click()
  const minutes = tulpar.getByTestId('minutes')
  await minutes.waitFor()
  const text = await minutes.innerText()
  for (const words of ['Встречаемся раз в месяц', 'Book the hall', demo.schools[0].director.name]) assert.ok(text.includes(words), `the minutes say ${words}`)
  for (const empty of ['Place', 'Host', 'Reflection', 'By next time']) assert.ok(!text.includes(`${empty}\n`), `the minutes do not name ${empty}, which is empty`)
  await picture(tulpar, 'meeting-minutes-laptop')
  await tulpar.getByTestId('back-to-writing').click()
  await tulpar.emulateMedia({ media: 'print' })
  await minutes.waitFor()
  assert.equal(await tulpar.getByTestId('add-task').isVisible(), false, 'paper gets the minutes')
  await tulpar.emulateMedia({ media: 'screen' })
})

test('the next meeting carries what is open, and what is closed there is closed for who reads the old one', async () => {
  const [birlik, rodnik, tulpar] = pages
  const story = tulpar.getByTestId('rich-next_time').locator('.ProseMirror')
  await story.click()
  await tulpar.keyboard.type('Bring one lesson plan')
  await saved(tulpar)
  await tulpar.getByTestId('prepare-next').click()
  const form = tulpar.getByTestId('next-meeting-form')
  await form.locator('#next-title').fill('April meeting of the network')
  await form.locator('#next-date').fill('2027-04-16')
  await picture(tulpar, 'meeting-next-laptop')
  await form.getByTestId('make-next-meeting').click()
  await tulpar.getByTestId('previous-meeting').waitFor()
  await tulpar.waitForFunction(() => document.querySelectorAll('[data-testid="task"]').length === 2)
  assert.equal(await task(tulpar, 'Собрать примеры').count(), 0, 'what is done stays behind')
  assert.equal(await tulpar.getByTestId('host').inputValue(), '', 'schools host in turn')
  assert.equal(await tulpar.locator('[data-testid="attendant"] input:checked').count(), 0, 'nobody is there yet')
  assert.equal(await tulpar.getByTestId('attendant').count(), 3)
  await seeWordsInAgenda(tulpar, 'Bring one lesson plan')
  await saved(tulpar)
  await picture(tulpar, 'meeting-carried-laptop')

  // The others find it from the meeting that they have open.
  await rodnik.getByTestId('next-meeting').waitFor({ timeout: REACH_MS })
  await task(birlik, 'Хат жазу').getByTestId('carried-to').waitFor({ timeout: REACH_MS })
  await rodnik.getByTestId('next-meeting').click()
  await task(rodnik, 'Хат жазу').getByTestId('task-done').waitFor({ timeout: REACH_MS })
  await task(rodnik, 'Хат жазу').getByTestId('task-done').check()
  await task(birlik, 'Хат жазу').and(birlik.locator('[data-done="true"]')).waitFor({ timeout: REACH_MS })
  assert.equal(await task(birlik, 'Book the hall').getAttribute('data-done'), 'false')
  await picture(birlik, 'meeting-old-laptop')
  await birlik.setViewportSize(PHONE)
  assert.ok(await birlik.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), 'a meeting fits a phone')
  await picture(birlik, 'meeting-old-phone')
  await birlik.setViewportSize(LAPTOP)

  // An action item that comes into the old meeting late is not lost either.
  await birlik.getByTestId('add-task').click()
  await birlik.keyboard.type('Кеш қосылған тапсырма', { delay: 10 })
  // All of it: who carries while it is being written carries what stands there then.
  await tulpar.getByTestId('left-open').filter({ hasText: 'Кеш қосылған тапсырма' }).waitFor({ timeout: REACH_MS })
  await tulpar.getByTestId('carry-left').click()
  await task(tulpar, 'Кеш қосылған тапсырма').waitFor()
  await tulpar.getByTestId('left-open').waitFor({ state: 'detached' })
  await all((page) => assert.deepEqual(page.faults, []))
})

async function seeWordsInAgenda(page, words) {
  await page.getByTestId('agenda-item').locator('.ProseMirror').filter({ hasText: words }).waitFor()
}

test('a year plan begins with a year to change, and its events open agendas of their own', async () => {
  const [birlik, , tulpar] = pages
  const year = await makeDocument(tulpar, { space: await inNetwork(tulpar), kind: 'year', title: 'The year of the network', language: 'en', write_rule: 'everyone' })
  await open(tulpar, year)
  await tulpar.getByTestId('template-year-study').click()
  await tulpar.waitForFunction(() => document.querySelectorAll('[data-testid="event"]').length === 12)
  assert.equal(await tulpar.getByTestId('calendar-event').count(), 12, 'all of it is in the calendar')
  await saved(tulpar)
  await picture(tulpar, 'year-laptop')
  await tulpar.getByTestId('event').first().getByTestId('make-meeting').click()
  await tulpar.getByTestId('agenda').waitFor({ state: 'attached' })
  const date = await tulpar.getByTestId('meeting-date').inputValue()
  assert.match(date, /^\d{4}-09-18$/, 'the meeting has the day of the year plan')
  await tulpar.getByTestId('meeting-date').fill(date.replace('-18', '-25'))
  await saved(tulpar)
  await open(birlik, year)
  const event = birlik.getByTestId('event').first()
  await event.getByTestId('open-meeting').waitFor({ timeout: REACH_MS })
  await event.getByTestId('meeting-moved').waitFor({ timeout: REACH_MS })
  await birlik.setViewportSize(PHONE)
  assert.ok(await birlik.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), 'a year fits a phone')
  await picture(birlik, 'year-phone')
  await all((page) => assert.deepEqual(page.faults, []))
})
