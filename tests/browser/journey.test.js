// Who waits for what, since when and why: two schools, one of which is switched off, and comes back; and the map of roads with many schools.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { addItem } from './harness/agenda.js'
import { LAPTOP, PHONE, REACH_MS, openBrowser, picture, reached } from './harness/browser.js'
import { answers, ask, inNetwork } from './harness/documents.js'
import { twoSchools } from './harness/laptop.js'

const HOST = { school: 'Birlik School', name: 'Aigul Sarsenova', login: 'aigul', password: 'road-2026-birlik' }
const NEIGHBOUR = { school: 'Rodnik Lyceum', name: 'Olga Melnik', login: 'olga', password: 'road-2026-rodnik' }

let browser
/** The laptops. */
let birlik
let rodnik
/** The page of the school that stays, and the one of the school that goes. */
let host
let neighbour
let meeting
let network

before(async () => {
  browser = await openBrowser()
  ;({
    nodes: [birlik, rodnik],
    host,
    neighbour,
    document: meeting,
  } = await twoSchools(browser, [HOST, NEIGHBOUR], { kind: 'meeting', title: 'Roads to school' }))
  network = await inNetwork(host)
  // A member that connects tells where it is to be found; a newcomer has not yet.
  await rodnik.end()
  await rodnik.begin()
})

after(async () => {
  await browser?.close()
  await birlik?.stop()
  await rodnik?.stop()
})

const go = (page, path) => page.goto(new URL(path, page.url()).href)
const open = (page) => go(page, `/documents/${meeting}`)
const ofNeighbour = async () => (await ask(host, 'GET', `spaces/${network}/status`)).schools[0]

/** What the opened line of safety says of the other school. */
async function opened(page) {
  await page.getByTestId('safety-open').click()
  const words = await page.getByTestId('safety-school').innerText()
  const missing = await page.getByTestId('safety-missing').innerText()
  return { words: words.replaceAll(/\s+/g, ' '), missing }
}

test('while both are there nothing waits, and the map shows the road', async () => {
  await answers(host, `spaces/${network}/status`, ({ schools }) => schools[0].has_latest)
  await go(host, '/network')
  await host.getByTestId('missing').filter({ hasText: 'All schools of this network have the latest.' }).waitFor()
  await host.locator('[data-testid="road-map"] path[data-road="lan"]').waitFor()
  const school = await ofNeighbour()
  assert.deepEqual([school.waiting_changes, school.waiting_bytes, school.waiting_since, school.blocker, school.todo], [0, 0, null, null, null])
  assert.equal(await host.getByTestId('journey').count(), 0, 'there is nothing to explain')
  await picture(host, 'journey-all-laptop')
})

test('a school that is switched off is named, with what waits for it, since when, why and what to do', async () => {
  await neighbour.goto('about:blank')
  await rodnik.end()
  await answers(host, `spaces/${network}/status`, ({ schools }) => !schools[0].connected)
  await open(host)
  const began = Date.now()
  for (const title of ['The bus at seven', 'The bridge in winter']) await addItem(host, title)
  await reached(host, 1, 2)
  const { words, missing } = await opened(host)
  assert.match(missing, /not arrived yet at: Rodnik Lyceum\./)
  const said = await ofNeighbour()
  assert.ok(said.waiting_changes >= 2 && said.waiting_bytes > 0, `${said.waiting_changes} changes, ${said.waiting_bytes} bytes`)
  assert.ok(said.waiting_since >= began - 1_000 && said.waiting_since <= Date.now(), 'it waits since it was written')
  assert.deepEqual([said.state, said.blocker.kind, said.todo, said.last_road], ['waiting', 'unreachable', 'wait', 'lan'])
  assert.match(words, new RegExp(`Rodnik Lyceum ${said.waiting_changes} changes are waiting, about 1 KB\\. The oldest is from today at \\d\\d:\\d\\d\\.`))
  assert.match(words, /Last connection: today at \d\d:\d\d, in the local network\. Its computer does not answer now\..* It goes by itself when the school comes online\./)
  await picture(host, 'journey-away-safety-laptop')
  await host.setViewportSize(PHONE)
  await picture(host, 'journey-away-safety-phone')
  await go(host, '/network')
  await host.getByTestId('journey').waitFor()
  await picture(host, 'journey-away-phone')
  await host.setViewportSize(LAPTOP)
  await picture(host, 'journey-away-laptop')
})

test('after a restart of our own computer the last contact and the day on which the oldest was written are still known', async () => {
  const before = await ofNeighbour()
  await birlik.end()
  await birlik.begin()
  await answers(host, `spaces/${network}/status`, () => true).catch(() => undefined)
  await go(host, '/network')
  await host.getByTestId('journey').filter({ hasText: 'Last connection: today at' }).waitFor()
  const after = await ofNeighbour()
  assert.deepEqual([after.last_contact, after.last_road, after.waiting_since], [before.last_contact, before.last_road, before.waiting_since])
  assert.equal(after.waiting_changes, before.waiting_changes, 'and so is what waits')
})

test('when the school is back it has the latest, and nothing is left to say', async () => {
  await rodnik.begin()
  await answers(host, `spaces/${network}/status`, ({ schools }) => schools[0].has_latest)
  await open(host)
  await reached(host, 2, 2)
  await go(host, '/network')
  await host.getByTestId('missing').filter({ hasText: 'All schools of this network have the latest.' }).waitFor()
  assert.equal(await host.getByTestId('journey').count(), 0)
})

/** Names as schools have them, long ones too. */
const NAMES = ['№4 орта мектеп', '№17 «Жас Ұлан» мектеп-гимназиясы', 'Школа-лицей № 101 имени Ыбырая Алтынсарина', 'КГУ «Общеобразовательная школа имени Шокана Уалиханова»', 'Rural school of Kyzylzhar', 'ЩМЖЮФЫ-WWWМММ лицейі']
const ROADS = ['lan', 'direct', 'relay', 'parcel', null]
const many = (count) =>
  Array.from({ length: count }, (_, index) => {
    const road = ROADS[index % 5]
    const connected = index % 5 < 3 && index % 2 === 0
    const has = index % 3 === 0
    return {
      id: `s${index}`, name: `${NAMES[index % NAMES.length]} ${index}`, state: has ? 'has_latest' : 'waiting', has_latest: has, waiting_changes: has ? 0 : index * 7, waiting_bytes: has ? 0 : index * 900, waiting_since: null,
      last_contact: road === null ? null : Date.now() - index * 7 * 3_600_000, last_road: road, connected, road: { kind: connected ? road : 'parcel', next_attempt: null, via: null }, blocker: null, todo: null, clock_ahead: null,
    }
  })

test('the map has room for thirty schools with long names, on a phone and on a laptop, in light and in dark', async () => {
  await host.route('**/api/v1/spaces/*/status', (route) => route.fulfill({ json: { published: true, reached: 10, of: 31, schools: many(30) } }))
  for (const [device, viewport] of [['laptop', LAPTOP], ['phone', PHONE]]) {
    await host.setViewportSize(viewport)
    for (const colorScheme of ['light', 'dark']) {
      await host.emulateMedia({ colorScheme })
      await go(host, '/network')
      const map = host.getByTestId('road-map')
      await map.locator('[data-testid="map-school"]').nth(29).waitFor()
      await host.waitForFunction(() => document.fonts.ready.then(() => true))
      const overlaps = await map.evaluate((figure) => {
        const picture = figure.querySelector('.place > svg').getBoundingClientRect()
        const boxes = [...figure.querySelectorAll('.place text')].map((text) => ({ words: text.textContent, box: text.getBoundingClientRect() }))
        const meets = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 5 && b.top < a.bottom - 5
        const outside = boxes.filter(({ box }) => box.left < picture.left - 1 || box.right > picture.right + 1).map(({ words }) => `${words} is cut off`)
        return [...outside, ...boxes.flatMap((one, index) => boxes.slice(index + 1).filter((other) => meets(one.box, other.box)).map((other) => `${one.words} / ${other.words}`))]
      })
      assert.deepEqual(overlaps, [], `words on the map of the ${device}`)
      assert.equal(await host.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true, 'nothing is wider than the page')
      await map.scrollIntoViewIfNeeded()
      await picture(host, `map-thirty-${device}-${colorScheme}`)
    }
  }
  await host.getByTestId('road-map').locator('summary').click()
  assert.equal(await host.getByTestId('road-map').locator('tbody tr').count(), 30, 'the table says the same')
  await host.unroute('**/api/v1/spaces/*/status')
  await host.emulateMedia({ colorScheme: 'light' })
  await host.setViewportSize(LAPTOP)
  assert.deepEqual(host.faults.filter((fault) => !fault.includes('ERR_CONNECTION_REFUSED') && !fault.includes('Failed to fetch')), [], 'nothing went wrong unseen')
})
