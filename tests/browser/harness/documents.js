// Documents made in the name of whoever is signed in, where making them is not what a test is about.
import { setTimeout } from 'node:timers/promises'
import { REACH_MS } from './browser.js'

const ASK_AGAIN_MS = 250

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
    await setTimeout(ASK_AGAIN_MS)
  }
}

/** The id of the network that the person's school is in. */
export async function inNetwork(page) {
  const spaces = await ask(page, 'GET', 'spaces')
  return spaces.find((space) => !space.private).id
}

/** Makes a document; resolves to its id. */
export async function makeDocument(page, document) {
  return (await ask(page, 'POST', 'documents', document)).id
}
