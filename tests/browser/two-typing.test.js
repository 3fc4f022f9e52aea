// Two pages type at random places of one text at once, one of them losing its line again and again: nothing is lost, and both show the same.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { REACH_MS, openBrowser, openWindow, saved } from './harness/browser.js'
import { startNode } from './harness/programs.js'

const director = { name: 'Olga Petrova', login: 'olga', password: 'two-typing-2026' }
/** The short form shows that it runs; the long one is what the page promises. */
const TYPING_MS = process.env['JELI_LONG'] ? 60_000 : 15_000
const CUTS = 5
/** Words that are typed at the page that loses its line between one going or coming of the line and the next. */
const WORDS_APART = 5
const SEED = Number(process.env['JELI_SEED'] ?? 7)

let browser
let node

before(async () => {
  node = await startNode('Koktem School')
  browser = await openBrowser()
})

after(async () => {
  await browser?.close()
  await node?.stop()
})

/** Numbers that are the same in each run with one seed (mulberry32). */
function dice(seed) {
  let state = seed
  return (sides) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % sides
  }
}

const STORY = '[data-testid="rich-next_time"] .ProseMirror'

/** Puts the caret at a random place, as a click between two letters does. */
async function stand(page, roll) {
  await page.evaluate(
    ([selector, place]) => {
      const root = document.querySelector(selector)
      root.focus()
      const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
      const texts = []
      // The names beside the carets of others are no words of the text.
      while (walker.nextNode()) if (!walker.currentNode.parentElement.closest('.caret')) texts.push(walker.currentNode)
      const letters = texts.reduce((sum, { length }) => sum + length, 0)
      let at = letters === 0 ? 0 : place % (letters + 1)
      for (const text of texts) {
        if (at <= text.length) return getSelection().collapse(text, at)
        at -= text.length
      }
      getSelection().collapse(root, 0)
    },
    [STORY, roll(1_000_000)],
  )
}

/** Types marked words while `more` says so: each has the page's letter and a number, so that a lost letter is missed. */
async function typeOn(page, letter, roll, more) {
  const marks = []
  while (more(marks.length)) {
    await stand(page, roll)
    for (let words = 1 + roll(3); words > 0; words -= 1) {
      const mark = `${letter}${marks.length}${letter.toUpperCase()}`
      await page.keyboard.type(`${mark} `, { delay: 10 + roll(30) })
      marks.push(mark)
    }
    if (roll(12) === 0) await page.keyboard.press('Enter')
  }
  return marks
}

const words = (page) => page.evaluate((selector) => {
  const copy = document.querySelector(selector).cloneNode(true)
  for (const caret of copy.querySelectorAll('.caret')) caret.remove()
  return [...copy.querySelectorAll('p')].map((block) => block.textContent).join('\n')
}, STORY)

const lettersOf = (text) => [...text.replaceAll(/\s/g, '')].sort().join('')

test('two pages type at random places of one text, one loses its line five times, and both have every letter', async () => {
  const here = await openWindow(browser, node.address)
  for (const [field, value] of Object.entries({ code: node.setupCode, ...director })) await here.locator(`#${field}`).fill(value)
  await here.locator('[data-testid="first-start"] button.first').click()
  await here.getByTestId('first-start').waitFor({ state: 'detached' })
  await here.goto(`${node.address}/meetings`)
  await here.getByTestId('new-meeting').first().click()
  await here.locator('#new-title').fill('Written by two')
  await here.locator('[data-testid="new-document"] button.first').click()
  await here.locator(STORY).waitFor()
  await saved(here)
  const address = here.url()
  const there = await openWindow(browser, node.address)
  await there.locator('#login').fill(director.login)
  await there.locator('#password').fill(director.password)
  await there.locator('[data-testid="sign-in"] button.first').click()
  await there.locator('[data-testid="sign-in"]').waitFor({ state: 'detached' })
  await there.goto(address)
  await there.locator(STORY).waitFor()

  // However slow the machine, all cuts fall into the typing: the line goes and comes as words are typed, and both type on until it has.
  const end = Date.now() + TYPING_MS
  const turns = []
  const more = () => turns.length < 2 * CUTS || Date.now() < end
  const moreOrCut = (words) => {
    if (turns.length < 2 * CUTS && words >= WORDS_APART * (turns.length + 1)) turns.push(there.context().setOffline(turns.length % 2 === 0))
    return more()
  }
  const roll = dice(SEED)
  const [mine, theirs] = await Promise.all([typeOn(here, 'a', dice(roll(1e9)), more), typeOn(there, 'b', dice(roll(1e9)), moreOrCut)])
  await Promise.all(turns)
  assert.ok(mine.length > 10 && theirs.length > 10, `both have typed: ${mine.length} and ${theirs.length} words`)

  for (const page of [here, there]) await page.locator('[data-testid="safety"][data-saved="saved"]').waitFor({ timeout: REACH_MS })
  const typed = lettersOf([...mine, ...theirs].join(''))
  const settled = Date.now() + REACH_MS
  let both = []
  do {
    await here.waitForTimeout(250)
    both = [await words(here), await words(there)]
  } while ((both[0] !== both[1] || lettersOf(both[0]) !== typed) && Date.now() < settled)
  assert.equal(both[0], both[1], 'both pages show the same text')
  assert.equal(lettersOf(both[0]), typed, 'no letter is lost and none is there twice')

  await here.reload()
  await here.locator(STORY).waitFor()
  await here.waitForFunction(([selector, letters]) => document.querySelector(selector).textContent.replaceAll(/\s/g, '').length >= letters, [STORY, typed.length])
  assert.equal(await words(here), both[1], 'the node has the same text')
  const faults = [...here.faults, ...there.faults].filter((fault) => !fault.includes('ERR_INTERNET_DISCONNECTED') && !fault.includes('net::ERR'))
  assert.deepEqual(faults, [], 'nothing goes wrong unseen in either page')
})
