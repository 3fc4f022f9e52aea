// The agenda of a meeting that is open on a page.
import { REACH_MS, saved } from './browser.js'

/** Adds an item at the end, as somebody types it. */
export async function addItem(page, title) {
  await page.getByTestId('add-agenda-item').click()
  await page.keyboard.type(title, { delay: 10 })
  await saved(page)
}

/** Waits until an item is there, whoever wrote it. */
export const seeItem = (page, title) =>
  page.waitForFunction((wanted) => [...document.querySelectorAll('[data-testid="agenda-item"] h3 textarea')].some((field) => field.value === wanted), title, {
    timeout: REACH_MS,
  })
