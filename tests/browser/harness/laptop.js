// A school's own computer, as on its first evening.
import { openWindow } from './browser.js'
import { startNode } from './programs.js'

/** A new node with its first account, signed in: `{ node, page }`. */
export async function laptop(browser, { school, name, login, password }) {
  const node = await startNode(school)
  const page = await openWindow(browser, node.address)
  for (const [field, value] of Object.entries({ code: node.setupCode, name, login, password })) await page.locator(`#${field}`).fill(value)
  await page.locator('[data-testid="first-start"] button.first').click()
  await page.getByTestId('first-start').waitFor({ state: 'detached' })
  return { node, page }
}
