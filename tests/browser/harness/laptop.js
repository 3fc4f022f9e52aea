// A school's own computer, as on its first evening.
import { openWindow } from './browser.js'
import { arrived, ask, makeDocument } from './documents.js'
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

/** Two schools, each on a laptop, in one network, and a document there that both have: `{ nodes, host, neighbour, document }`, the first school's before the
 * second's. */
export async function twoSchools(browser, [first, second], document) {
  const nodes = []
  try {
    const pages = []
    for (const school of [first, second]) {
      const { node, page } = await laptop(browser, school)
      nodes.push(node)
      pages.push(page)
    }
    const [host, neighbour] = pages
    const space = await ask(host, 'POST', 'spaces', { name: 'The valley' })
    const { ticket } = await ask(host, 'POST', `spaces/${space.id}/invitations`, { role: 'member' })
    await ask(neighbour, 'POST', 'join', { ticket })
    const id = await makeDocument(host, { space: space.id, language: 'en', write_rule: 'everyone', ...document })
    await arrived(neighbour, id)
    return { nodes, host, neighbour, document: id }
  } catch (error) {
    for (const node of nodes) await node.stop()
    throw error
  }
}
