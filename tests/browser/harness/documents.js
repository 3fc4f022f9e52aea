// Documents made in the name of whoever is signed in, where making them is not what a test is about.

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

/** The id of the network that the person's school is in. */
export async function inNetwork(page) {
  const spaces = await ask(page, 'GET', 'spaces')
  return spaces.find((space) => !space.private).id
}

/** Makes a document; resolves to its id. */
export async function makeDocument(page, document) {
  return (await ask(page, 'POST', 'documents', document)).id
}
