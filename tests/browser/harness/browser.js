// Chromium, and what every test does in it.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { chromium } from 'playwright-core'

/** For something that waits for another school: publication, a line joined again. */
export const REACH_MS = 60_000
/** For something at the same school. */
const LOCAL_MS = 20_000

export const LAPTOP = { width: 1366, height: 768 }
export const PHONE = { width: 390, height: 844 }

const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']

/** `start`: a program that starts the browser that it is given, somewhere else than here. */
export async function openBrowser(start) {
  const executablePath = process.env['JELI_CHROMIUM']
  if (!executablePath) throw new Error('JELI_CHROMIUM names no browser: run these tests with `cargo xtask test browser`')
  return chromium.launch({ executablePath: start ?? executablePath, args: FLAGS })
}

/** A window with nothing in it from any other, at a page of the node; what goes wrong in it unseen is kept in `page.faults`. */
export async function openWindow(browser, address, { viewport = LAPTOP, locale = 'en', serviceWorkers = 'allow', hasTouch = false } = {}) {
  const context = await browser.newContext({ viewport, locale, serviceWorkers, hasTouch })
  context.setDefaultTimeout(LOCAL_MS)
  const page = await context.newPage()
  page.faults = []
  page.on('pageerror', (error) => page.faults.push(error.message))
  page.on('console', (message) => {
    // The browser writes down every 401; the page's first question, who is signed in, is answered so until somebody is.
    const unknownYet = new URL(message.location().url || address).pathname === '/api/v1/me' && message.text().includes('401')
    if (message.type() === 'error' && !unknownYet) page.faults.push(message.text())
  })
  await page.goto(address)
  return page
}

export async function signIn(page, { login, password }) {
  const form = page.getByTestId('sign-in')
  await form.locator('#login').fill(login)
  await form.locator('#password').fill(password)
  await form.locator('button.first').click()
  await page.getByTestId('home').waitFor()
}

/** Opens a document by its title from the list of all. */
export async function openDocument(page, title) {
  await page.getByTestId('rail/').click()
  await page.getByTestId('all-documents').click()
  await page.getByTestId('document').filter({ hasText: title }).first().click()
  await page.getByTestId('safety').waitFor()
}

/** A signed-in page of a school. */
export async function openDesk(browser, school, options) {
  const page = await openWindow(browser, school.page, options)
  await signIn(page, school.director)
  return page
}

/** Waits until the node has confirmed what was written. */
export async function saved(page) {
  await page.locator('[data-testid="safety"][data-saved="saved"]').waitFor()
}

/** Waits until the line of safety counts so many schools. */
export async function reached(page, count, of) {
  await page.locator(`[data-testid="safety"][data-reached="${count}"][data-of="${of}"]`).waitFor({ timeout: REACH_MS })
}

/** Waits until the words of the rich text are there. */
export async function seeWords(page, testid, words) {
  await page.getByTestId(testid).locator('.ProseMirror').filter({ hasText: words }).waitFor({ timeout: REACH_MS })
}

/** Cuts or joins the school's line with the switch on the network's page, and comes back. */
export async function turnLine(page, wanted) {
  const back = page.url()
  await page.goto(new URL('/network', back).href)
  const line = page.getByTestId('line')
  await line.waitFor()
  await page.getByTestId('line-switch').click()
  await page.locator(`[data-testid="line"][data-line="${wanted}"]`).waitFor()
  await page.goto(back)
}

/** A picture for people, where the run wants pictures. */
export async function picture(page, name) {
  const folder = process.env['JELI_SCREENS']
  if (!folder) return
  await mkdir(folder, { recursive: true })
  await page.screenshot({ path: join(folder, `${name}.png`) })
}
