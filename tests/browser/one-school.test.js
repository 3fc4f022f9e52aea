import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { PHONE, REACH_MS, openBrowser, openWindow, picture, saved, seeWords, signIn } from './harness/browser.js'
import { startNode } from './harness/programs.js'

const director = { name: 'Aigul Sarsenova', login: 'aigul', password: 'one-school-2026' }

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
  await page.locator('#new-title').fill('Development plan')
  await page.locator('[data-testid="new-document"] button.first').click()
  await page.getByTestId('mission').waitFor()
})

after(async () => {
  await browser?.close()
  await node?.stop()
})

/** Goes with Tab until the field has the focus; a page that cannot be walked through ends it. */
async function tabTo(testid) {
  const furthest = 120
  for (let steps = 0; steps < furthest; steps += 1) {
    await page.keyboard.press('Tab')
    const outlined = await page.evaluate((wanted) => {
      const field = document.activeElement
      return field?.getAttribute('data-testid') === wanted ? getComputedStyle(field).outlineStyle : undefined
    }, testid)
    if (outlined !== undefined) return outlined
  }
  throw new Error(`${testid} is not within ${furthest} steps of the Tab key`)
}

/** Where the caret stands: the field with the focus, and how many of its letters are behind it. */
const caret = () => page.evaluate(() => ({ field: document.activeElement?.getAttribute('data-testid'), behind: document.activeElement?.value?.slice(document.activeElement.selectionEnd) }))

test('whoever has made a document stands in its title, behind the words', async () => {
  assert.deepEqual(await caret(), { field: 'title', behind: '' })
  await page.getByTestId('rail/').click()
  await page.getByTestId('document').click()
  await page.getByTestId('mission').waitFor()
  assert.notEqual((await caret()).field, 'title', 'who comes to read is left alone')
})

const mission = () => page.getByTestId('mission').inputValue()

test('with the keyboard alone one comes to a field, sees it, writes, and the words are saved', async () => {
  await page.locator('body').press('Home')
  assert.notEqual(await tabTo('mission'), 'none', 'the field with the focus is outlined')
  await page.keyboard.type('Every pupil learns.')
  await saved(page)
  await page.reload()
  await page.getByTestId('mission').waitFor()
  assert.equal(await mission(), 'Every pupil learns.')
})

test('the page speaks three languages, and the choice stays', async () => {
  const said = new Set()
  for (const language of ['kk', 'ru', 'en']) {
    await page.getByTestId(`language-${language}`).click()
    await page.locator(`html[lang="${language}"]`).waitFor()
    said.add(await page.locator('#priorities h2').innerText())
  }
  assert.deepEqual([...said], ['Стратегиялық басымдықтар', 'Стратегические приоритеты', 'Strategic priorities'])
  await page.getByTestId('language-kk').click()
  await page.locator('html[lang="kk"]').waitFor()
  await page.reload()
  await page.getByTestId('mission').waitFor()
  assert.equal(await page.locator('html').getAttribute('lang'), 'kk')
  assert.equal(await page.locator('#priorities h2').innerText(), 'Стратегиялық басымдықтар')
})

test('the school computer stops while one writes: the page says so, keeps the words, and sends them when it is back', async () => {
  await page.getByTestId('mission').click()
  await page.keyboard.press('Control+End')
  const readers = await page.getByTestId('readers').innerText()
  await node.end()
  await page.keyboard.type(' Also without a line.')
  await page.getByTestId('held').waitFor()
  await page.locator('[data-testid="safety"][data-saved="held"]').waitFor()
  const story = page.getByTestId('rich-narrative').locator('.ProseMirror')
  await story.click()
  await page.keyboard.type('Kept in the tab.')
  assert.equal(await mission(), 'Every pupil learns. Also without a line.', 'the words stay on the page')
  await page.getByTestId('rail/').click()
  await page.getByTestId('document').click()
  assert.equal(await page.getByTestId('readers').innerText(), readers, 'who comes back still sees who can read')
  await node.begin()
  await page.locator('[data-testid="safety"][data-saved="saved"]').waitFor({ timeout: REACH_MS })
  assert.equal(await page.getByTestId('held').count(), 0, 'the warning goes when the words are safe')
  await page.reload()
  await seeWords(page, 'rich-narrative', 'Kept in the tab.')
  assert.equal(await mission(), 'Every pupil learns. Also without a line.')
})

test('who signs out leaves nothing open; who signs in again finds everything', async () => {
  await page.getByTestId('rail/people').click()
  await page.getByTestId('sign-out').click()
  await page.getByTestId('sign-in').waitFor()
  await page.goBack()
  await page.getByTestId('sign-in').waitFor()
  assert.equal(await page.getByTestId('mission').count(), 0, 'the address of a document opens nothing to nobody')
  await page.goto(node.address)
  await signIn(page, director)
  await page.getByTestId('document').click()
  await page.getByTestId('mission').waitFor()
  assert.equal(await mission(), 'Every pupil learns. Also without a line.')
})

test('the head lets other devices open the page, with a switch and without losing it, and closes it again', async () => {
  await page.goto(new URL('/network', node.address).href)
  // Another address of this computer: nobody answers there while the page is for the computer alone.
  const elsewhere = node.address.replace('127.0.0.1', '127.0.0.2')
  const closed = () => fetch(elsewhere).then(() => false, () => true)
  assert.ok(await closed())
  await page.locator('[data-testid="doors"][data-doors="machine"]').waitFor()
  await picture(page, 'doors-closed-laptop')
  await page.getByTestId('doors-switch').click()
  await page.locator('[data-testid="doors"][data-doors="network"]').waitFor({ timeout: REACH_MS })
  await picture(page, 'doors-open-laptop')
  const other = await openWindow(browser, elsewhere, { viewport: PHONE })
  await signIn(other, director)
  await other.goto(new URL('/network', elsewhere).href)
  await other.getByTestId('doors').waitFor()
  await picture(other, 'doors-open-phone')
  await other.context().close()
  await page.getByTestId('doors-switch').click()
  await page.locator('[data-testid="doors"][data-doors="machine"]').waitFor({ timeout: REACH_MS })
  assert.ok(await closed())
})
