// Sample screens for people who want to see jeli before they run it: `cargo xtask screens` writes them into docs/screens/<language>/.
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { LAPTOP, PHONE, openBrowser, openDesk } from './harness/browser.js'
import { startSchools } from './harness/programs.js'

const folder = process.env['JELI_SCREENS']
if (!folder) throw new Error('JELI_SCREENS names no folder: run this with `cargo xtask screens`')

/** What is shown: a name, where it is, and what is there once it is read. A kind stands for the school's own document of it, or else the network's, at its beginning or at a place in it. */
const SCREENS = [
  { name: 'home', at: '/', shows: 'document' },
  { name: 'plan', kind: 'plan' },
  { name: 'actions', kind: 'plan', place: '#step-plan' },
  { name: 'meeting', kind: 'meeting' },
  { name: 'year', kind: 'year' },
  { name: 'notebook', kind: 'notebook' },
  { name: 'portfolio', kind: 'portfolio' },
  { name: 'library', kind: 'library' },
  { name: 'thread', kind: 'thread' },
  { name: 'feedback', kind: 'feedback' },
  { name: 'network', at: '/network', shows: 'school' },
]
const SIZES = [
  ['desk', LAPTOP],
  ['phone', PHONE],
]

/** Nothing on the page waits any more: no part is being fetched, fonts are there, two frames have been painted. */
async function settled(page) {
  await page.waitForFunction(() => !document.querySelector('[data-testid="loading"]'))
  await page.evaluate(async () => {
    await document.fonts.ready
    await new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted)))
  })
}

async function addressOf(page, { at, kind }, school) {
  if (at) return at
  const documents = await page.evaluate(() => fetch('/api/v1/documents').then((answer) => answer.json()))
  const ofKind = documents.filter((document) => document.kind === kind)
  const shown = ofKind.find((document) => document.owner.name === school) ?? ofKind[0]
  return shown && `/documents/${encodeURIComponent(shown.id)}`
}

const demo = await startSchools()
const browser = await openBrowser()
try {
  for (const school of demo.schools) {
    const target = join(folder, school.language)
    await rm(target, { recursive: true, force: true })
    await mkdir(target, { recursive: true })
    for (const [size, viewport] of SIZES) {
      const page = await openDesk(browser, school, { viewport, locale: school.language })
      for (const screen of SCREENS) {
        const address = await addressOf(page, screen, school.name)
        if (!address) throw new Error(`${school.name} has no document of the kind ${screen.kind}`)
        await page.goto(new URL(address, school.page).href)
        // A document is read when the page knows how far it has come.
        await (screen.kind ? page.locator('[data-testid="safety"][data-of]') : page.getByTestId(screen.shows).first()).waitFor()
        if (screen.place) {
          await page.goto(new URL(screen.place, page.url()).href)
          await page.locator(screen.place).evaluate((part) => part.scrollIntoView())
        }
        await settled(page)
        await page.screenshot({ path: join(target, `${screen.name}-${size}.jpg`), type: 'jpeg', quality: 72 })
      }
      if (page.faults.length > 0) throw new Error(`faults on the pages of ${school.name}: ${page.faults.join('\n')}`)
      await page.context().close()
    }
    console.log(`${target}: ${SCREENS.length * SIZES.length} screens`)
  }
} finally {
  await browser.close()
  await demo.stop()
}
