// Documents made in the name of whoever is signed in, where making them is not what a test is about.
import { REACH_MS } from './browser.js'

/** What the page's own node answers, as its signed-in person asks. */
export function ask(page, method, path, body) {
  return page.evaluate(
    async ([how, where, what]) => {
      const answer = await fetch(`/api/v1/${where}`, {
        method: how,
        ...(what === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(what) }),
      })
      const text = await answer.text()
      if (!answer.ok) throw new Error(`${how} ${where}: ${answer.status} ${text}`)
      return text === '' ? null : JSON.parse(text)
    },
    [method, path, body],
  )
}

/** Waits until what the node answers fits: of what no page tells by itself. (A predicate of `waitForFunction` that is asynchronous passes at once: its promise
 * is true.) */
export async function answers(page, path, fits) {
  const end = Date.now() + REACH_MS
  for (;;) {
    const answer = await ask(page, 'GET', path)
    if (fits(answer)) return
    if (Date.now() > end) throw new Error(`${path} is still ${JSON.stringify(answer)}`)
  }
}

/** Waits until something of a document is at this page's school. */
export const arrived = (page, document) => answers(page, 'documents', (documents) => documents.some(({ id, state }) => id === document && state === 'here'))

/** The id of the network that the person's school is in. */
export async function inNetwork(page) {
  const spaces = await ask(page, 'GET', 'spaces')
  return spaces.find((space) => !space.private).id
}

/** Makes a document; resolves to its id. */
export async function makeDocument(page, document) {
  return (await ask(page, 'POST', 'documents', document)).id
}
