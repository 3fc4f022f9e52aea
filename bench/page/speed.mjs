// How soon the page answers, in Chromium over loopback. The second visit counts: the browser has the files and has compiled them.
import { existsSync } from "node:fs"

import { chromium } from "playwright-core"

import { director, fortyActions, makeDocument, write } from "./desk.mjs"
import { line, note, quantile } from "./report.mjs"
import { replay } from "./trace.mjs"

const LIST_MS = 1500
const PLAN_MS = 3000
const KEY_MS = 50
/** A computer of ten years ago beside this one. */
const SLOWDOWN = 4
const DOCUMENTS = 1000
const VISITS = 5
const KEYS = 200
/** As fast as people type. */
const KEY_EVERY_MS = 80
const FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update"]

export async function measureSpeed(node, trace) {
  const browser = await chromium.launch({ executablePath: process.env.JELI_CHROMIUM, args: FLAGS })
  try {
    const plan = await makeDocument(node, "plan", "Development plan")
    await write(node, plan, fortyActions)
    const page = await signedIn(browser, node)
    await typing(node, page, trace)
    for (let count = 1; count < DOCUMENTS; count += 1) await makeDocument(node, "plan", `Development plan of year ${count}`)
    await visits(page, node, `/plans`, '[data-testid="document"]', `list of ${DOCUMENTS} documents usable, ${SLOWDOWN}x slower, warm`, LIST_MS)
    await visits(page, node, `/documents/${plan}`, '[data-testid="sheet"][data-writable="true"] [data-testid="mission"]', `plan of 40 actions editable, ${SLOWDOWN}x slower, warm`, PLAN_MS)
  } finally {
    await browser.close()
  }
}

async function signedIn(browser, node) {
  const page = await (await browser.newContext({ locale: "en", viewport: { width: 1366, height: 768 } })).newPage()
  page.setDefaultTimeout(120_000)
  await page.goto(node.address)
  for (const [field, value] of Object.entries({ code: node.setupCode, ...director })) await page.locator(`#${field}`).fill(value)
  await page.locator('[data-testid="first-start"] button.first').click()
  await page.getByTestId("home").waitFor()
  return page
}

/** From the beginning of a visit to the paint in which the element is there and the page takes a click. */
async function visits(page, node, path, element, name, bar) {
  await page.addInitScript((wanted) => {
    const look = () => {
      if (!document.querySelector(wanted)) return requestAnimationFrame(look)
      // After the paint, when whatever the page still does at once is done.
      requestAnimationFrame(() => setTimeout(() => (globalThis.usable = performance.now())))
    }
    requestAnimationFrame(look)
  }, element)
  const session = await page.context().newCDPSession(page)
  await page.goto(node.address + path)
  await page.waitForFunction(() => globalThis.usable !== undefined)
  await session.send("Emulation.setCPUThrottlingRate", { rate: SLOWDOWN })
  const times = []
  for (let visit = 0; visit < VISITS; visit += 1) {
    await page.goto(node.address + path)
    times.push(await (await page.waitForFunction(() => globalThis.usable)).jsonValue())
  }
  await session.send("Emulation.setCPUThrottlingRate", { rate: 1 })
  await session.detach()
  line(name, quantile(times, 0.5), "ms", bar)
}

async function typing(node, page, trace) {
  if (!trace || !existsSync(trace)) return note(`There is no recorded session at ${trace || "tests/data/traces"}: typing is not measured.`)
  const document = await makeDocument(node, "plan", "A long history")
  await write(node, document, (doc) => replay(trace, doc, ["narrative"]))
  for (const [name, editor] of [["the story that it wrote", '[data-testid="rich-narrative"] .ProseMirror'], ["a field beside it", '[data-testid="mission"]']]) {
    await page.goto(`${node.address}/documents/${document}`)
    await page.locator(editor).click()
    line(`key to paint with the history of a whole session, in ${name}, p95`, quantile(await keys(page), 0.95), "ms", KEY_MS)
  }
}

/** Milliseconds from each key to the paint after it. */
async function keys(page) {
  await page.evaluate(() => {
    globalThis.took = []
    const after = new MessageChannel()
    const waiting = []
    after.port1.onmessage = () => globalThis.took.push(...waiting.splice(0).map((since) => performance.now() - since))
    addEventListener("keydown", (event) => {
      const since = event.timeStamp
      requestAnimationFrame(() => {
        waiting.push(since)
        after.port2.postMessage(0)
      })
    }, { capture: true })
  })
  const words = "every pupil puts questions of their own "
  for (let key = 0; key < KEYS; key += 1) {
    await page.keyboard.press(words[key % words.length] === " " ? "Space" : words[key % words.length])
    await page.waitForTimeout(KEY_EVERY_MS)
  }
  return page.evaluate(() => globalThis.took)
}
