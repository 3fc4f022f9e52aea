// A person without a mouse: keys alone, and after each one sees where the keyboard stands.
import assert from 'node:assert/strict'

/** More steps of the Tab key than these nobody goes to reach a field. */
const FURTHEST = 160
/** The page brings the keyboard on within a frame or two; a slow machine takes seconds. */
const WITHIN_MS = 5_000

/** Where the keyboard stands and how that is seen: by an outline or a shadow of the element, or by an outline of what it is the field of. */
const standing = (page) =>
  page.evaluate(() => {
    const at = document.activeElement
    const outlined = (element) => element !== null && getComputedStyle(element).outlineStyle !== 'none'
    const { testid } = at.dataset
    return {
      lost: at === document.body || at === document.documentElement,
      seen: outlined(at) || getComputedStyle(at).boxShadow !== 'none' || outlined(at.parentElement) || outlined(at.parentElement?.parentElement ?? null),
      names: [testid, at.id, at.closest('form')?.dataset.testid].filter((name) => name),
      is: `${at.localName}${testid ? `[${testid}]` : ''} ${(at.getAttribute('aria-label') ?? at.textContent ?? '').trim().slice(0, 60)}`,
    }
  })

/** Waits until the keyboard stands somewhere, and says where; whoever has lost it, or does not see it, has no page. */
async function stand(page, after) {
  const end = Date.now() + WITHIN_MS
  let now = await standing(page)
  // What it stood at may go between two looks: a form that has been sent.
  while (now.lost && Date.now() < end) {
    await page.waitForFunction(() => document.activeElement && document.activeElement !== document.body, undefined, { timeout: WITHIN_MS }).catch(() => undefined)
    now = await standing(page)
  }
  assert.ok(!now.lost, `after ${after} the keyboard stands nowhere`)
  assert.ok(now.seen, `after ${after} nobody sees that the keyboard stands at ${now.is}`)
  return now
}

/** Presses a key, and looks. */
export async function press(page, key) {
  await page.keyboard.press(key)
  return stand(page, key)
}

/** Goes with Tab, or with `Shift+Tab`, to what bears the test id, or the id, or stands in the form of it; a name that ends in `-` is a beginning. */
export async function tabTo(page, name, key = 'Tab') {
  const is = (what) => (name.endsWith('-') ? what.startsWith(name) : what === name)
  for (let steps = 0; steps < FURTHEST; steps += 1) {
    const now = await press(page, key)
    if (now.names.some(is)) return now
  }
  throw new Error(`${name} is not within ${FURTHEST} steps of ${key}`)
}

/** Goes there and presses it. */
export async function use(page, name, way = 'Tab') {
  await tabTo(page, name, way)
  return press(page, 'Enter')
}

/** Waits until the keyboard has been brought to what bears the test id or the id. */
export async function brought(page, name) {
  await page.waitForFunction((wanted) => {
    const { id, dataset } = document.activeElement ?? {}
    return [id, dataset?.testid].some((each) => each !== undefined && (wanted.endsWith('-') ? each.startsWith(wanted) : each === wanted))
  }, name)
  return stand(page, `coming to ${name}`)
}

/** Takes a command of the list that opens with Ctrl+K, by the words that begin it. */
export async function command(page, words) {
  await page.keyboard.press('Control+k')
  await brought(page, 'finding-field')
  await page.keyboard.type(words)
  await page.waitForFunction((wanted) => document.querySelector('[data-testid="command"][aria-selected="true"]')?.textContent?.toLowerCase().includes(wanted), words.toLowerCase())
  await page.keyboard.press('Enter')
}
