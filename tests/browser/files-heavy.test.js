// Files that a browser has work with, in a real one: the first page of a PDF and a moment of a film as small pictures, and what would take the page's
// memory or time if it were let.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { crc32, deflateSync } from 'node:zlib'
import exifr from 'exifr'
import { look } from './harness/axe.js'
import { LAPTOP, PHONE, REACH_MS, openBrowser, openWindow, signIn } from './harness/browser.js'
import { ask, makeDocument } from './harness/documents.js'
import { fileRow, photo, stands } from './harness/files.js'
import { PLACE, film } from './harness/films.js'
import { laptop } from './harness/laptop.js'

const TEACHER = { school: 'Birlik School', name: 'Aigul Sarsenova', login: 'aigul', password: 'heavy-2026' }

let browser
let node
let page
/** The reader of PDF that the page has loaded. */
let readers = 0

const row = (name) => fileRow(page, name)
const here = (name) => stands(page, name)
const sending = () => page.getByTestId('sending')
const add = (...files) => page.getByTestId('own-files').getByTestId('choose-files').setInputFiles(files)
const file = (name, mimeType, buffer) => ({ name, mimeType, buffer })

before(async () => {
  browser = await openBrowser()
  const first = await laptop(browser, TEACHER)
  node = first.node
  const space = (await ask(first.page, 'GET', 'spaces')).find((each) => each.private)
  const meeting = await makeDocument(first.page, { space: space.id, kind: 'meeting', title: 'Friday', language: 'en', write_rule: 'everyone' })
  await first.page.close()
  page = await openWindow(browser, node.address, { viewport: LAPTOP, serviceWorkers: 'block' })
  page.on('request', (request) => (readers += /\/pdfworker-/.test(request.url()) ? 1 : 0))
  await signIn(page, TEACHER)
  await page.goto(new URL(`/documents/${meeting}`, page.url()).href)
  await page.getByTestId('own-files').waitFor()
})

after(async () => {
  await browser?.close()
  await node?.stop()
})

/** Of one page, with this content and a script for whoever runs any. */
function pdf(content, filters = '') {
  const parts = [
    '<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (this.harmed = true; app.alert\\("harmed"\\)) >> >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 600] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>',
    Buffer.concat([Buffer.from(`<< /Length ${content.length} ${filters} >>\nstream\n`), content, Buffer.from('\nendstream')]),
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ]
  let bytes = Buffer.from('%PDF-1.7\n')
  const places = parts.map((part, index) => {
    const at = bytes.length
    bytes = Buffer.concat([bytes, Buffer.from(`${index + 1} 0 obj\n`), Buffer.from(part), Buffer.from('\nendobj\n')])
    return `${String(at).padStart(10, '0')} 00000 n \n`
  })
  const end = `xref\n0 6\n0000000000 65535 f \n${places.join('')}trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n${bytes.length}\n%%EOF\n`
  return Buffer.concat([bytes, Buffer.from(end)])
}

/** The colour of a point of the small picture, as parts of its sides. */
const colour = (name, across, down) =>
  row(name)
    .locator('img')
    .evaluate(
      async (img, [x, y]) => {
        await img.decode()
        const canvas = Object.assign(document.createElement('canvas'), { width: img.naturalWidth, height: img.naturalHeight })
        const pen = canvas.getContext('2d')
        pen.drawImage(img, 0, 0)
        return [...pen.getImageData(Math.floor(x * canvas.width), Math.floor(y * canvas.height), 1, 1).data].slice(0, 3)
      },
      [across, down],
    )
const isNear = (found, wanted) => assert.ok(found.every((part, index) => Math.abs(part - wanted[index]) < 24), `${found} is about ${wanted}`)

/** Whoever types sees it at once. */
async function isAlive() {
  const took = await page.evaluate(() => new Promise((done) => {
    const from = performance.now()
    requestAnimationFrame(() => done(performance.now() - from))
  }))
  assert.ok(took < 2_000, `the page draws within ${took} ms`)
}

test('of a PDF the first page is drawn, by a reader that comes with the first one', async () => {
  assert.equal(readers, 0, 'who adds none loads none')
  const kept = await page.evaluate(async () => (await fetch('/sw.js')).text())
  assert.ok(kept.includes('PdfPreview'), 'the list of what is kept')
  for (const part of ['pdfworker', 'jbig2', 'openjpeg', 'pdf.worker']) assert.ok(!kept.includes(part), `${part} is not kept for days without the node, which has the files`)
  await add(file('Есеп.pdf', 'application/pdf', pdf(Buffer.from('0 0 1 rg 0 300 400 300 re f 0 g BT /F 40 Tf 40 100 Td (Report) Tj ET'))))
  await here('Есеп.pdf')
  await row('Есеп.pdf').locator('img').waitFor()
  isNear(await colour('Есеп.pdf', 0.5, 0.25), [0, 0, 255])
  isNear(await colour('Есеп.pdf', 0.5, 0.6), [255, 255, 255])
  assert.equal(readers, 1)
  assert.equal(await page.evaluate(() => globalThis.harmed), undefined)
  await row('Есеп.pdf').scrollIntoViewIfNeeded()
  await look(page, 'heavy-pdf')
})

test('of a film a moment is drawn', async () => {
  const bytes = await page.evaluate(async () => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 360 })
    const pen = canvas.getContext('2d')
    const recorder = new MediaRecorder(canvas.captureStream(30), { mimeType: 'video/webm;codecs=vp8' })
    const parts = []
    recorder.ondataavailable = ({ data }) => parts.push(data)
    const ended = new Promise((done) => (recorder.onstop = done))
    recorder.start()
    for (let frame = 0; frame < 45; frame += 1) {
      pen.fillStyle = '#0a0'
      pen.fillRect(0, 0, 640, 360)
      pen.fillRect(frame, frame, 1, 1)
      await new Promise((next) => requestAnimationFrame(next))
    }
    recorder.stop()
    await ended
    return [...new Uint8Array(await new Blob(parts).arrayBuffer())]
  })
  await add(file('Сабақ.webm', 'video/webm', Buffer.from(bytes)))
  await here('Сабақ.webm')
  await row('Сабақ.webm').locator('img').waitFor()
  isNear(await colour('Сабақ.webm', 0.5, 0.5), [0, 170, 0])
})

/** What a phone writes into its photos: where, when, with what and by whom, and that it was held upright. */
async function asFromPhone({ buffer, ...named }) {
  const taken = await readFile(new URL('../../client/web/src/files/samples/turned.jpg', import.meta.url))
  const said = []
  for (let at = 2; taken[at + 1] !== 0xda; at += 2 + taken.readUInt16BE(at + 2)) if ([0xe1, 0xfe].includes(taken[at + 1])) said.push(taken.subarray(at, at + 2 + taken.readUInt16BE(at + 2)))
  return { ...named, buffer: Buffer.concat([buffer.subarray(0, 2), ...said, buffer.subarray(2)]) }
}

test('a photo leaves a phone without the place where it was taken, smaller and as it is, and stands upright', async () => {
  const phone = await openWindow(browser, node.address, { viewport: PHONE, hasTouch: true, serviceWorkers: 'block' })
  await signIn(phone, TEACHER)
  await phone.goto(page.url())
  await phone.getByTestId('own-files').waitFor()
  const painted = await photo(phone, 'IMG_1.jpg', [2400, 1800], (pen, width, height) => {
    for (let at = 0; at < 60; at += 1) {
      pen.fillStyle = `hsl(${at * 6} 70% 50%)`
      pen.fillRect((at % 10) * (width / 10), Math.floor(at / 10) * (height / 6), width / 10, height / 6)
    }
  })
  const taken = await asFromPhone(painted)
  const { latitude, longitude } = await exifr.gps(taken.buffer)
  const told = ['Kamera', 'Aigul', 'school 25', '2026:11:20', 'serial-4711', 'http://ns.adobe'].filter((word) => taken.buffer.includes(word))
  assert.ok(latitude > 40 && longitude > 70 && told.length >= 3, 'and there was something')
  for (const [name, how] of [['Кіші.jpg', 'how-smaller'], ['Өзі.jpg', 'how-original']]) {
    await phone.getByTestId('own-files').getByTestId('camera').setInputFiles({ ...taken, name })
    await phone.getByTestId(how).check()
    const left = []
    const watches = (request) => request.method() === 'PATCH' && left.push(request.postDataBuffer())
    phone.on('request', watches)
    await phone.getByTestId('send-photos').click()
    await stands(phone, name)
    phone.off('request', watches)
    const sent = Buffer.concat(left.filter(Boolean))
    assert.ok(sent.length > 10_000, 'what left the page was seen')
    for (const word of told) assert.ok(!sent.includes(word), `${word} in ${name}`)
    const address = await fileRow(phone, name).getByTestId('save-file').getAttribute('href')
    const kept = Buffer.from(await phone.evaluate(async (from) => [...new Uint8Array(await (await fetch(from)).arrayBuffer())], address))
    assert.equal(await exifr.gps(kept), undefined)
    const { latitude: no, Make, Model, Artist, DateTimeOriginal } = (await exifr.parse(kept, true)) ?? {}
    assert.deepEqual([no, Make, Model, Artist, DateTimeOriginal], Array(5).fill(undefined))
    await fileRow(phone, name).getByTestId('show-file').click()
    const [width, height] = await phone.getByTestId('picture').evaluate((img) => img.decode().then(() => [img.naturalWidth, img.naturalHeight]))
    assert.ok(height > width, `${name} stands upright: ${width} x ${height}`)
    await phone.keyboard.press('Escape')
    await phone.getByTestId('preview').waitFor({ state: 'detached' })
  }
  await phone.close()
})

test('a film is sent without the place where it was taken, and plays as before', async () => {
  const made = await film(page, 'Сабақ.mp4', [640, 360], '#0a0')
  for (const place of PLACE) assert.ok(made.buffer.includes(place))
  await add(made)
  await here(made.name)
  await row(made.name).locator('img').waitFor()
  isNear(await colour(made.name, 0.5, 0.5), [0, 170, 0])
  const address = await row(made.name).getByTestId('save-file').getAttribute('href')
  const sent = Buffer.from(await page.evaluate(async (from) => [...new Uint8Array(await (await fetch(from)).arrayBuffer())], address))
  assert.equal(sent.length, made.buffer.length)
  for (const place of [...PLACE, 'Kamera']) assert.ok(!sent.includes(place), place)
  await row(made.name).getByTestId('show-file').click()
  const played = await page.getByTestId('preview').locator('video').evaluate(async (video) => {
    if (video.readyState === 0) await new Promise((come, fail) => Object.assign(video, { onloadedmetadata: come, onerror: fail }))
    return [video.videoWidth, video.videoHeight, Math.round(video.duration * 10)]
  })
  assert.deepEqual(played, [640, 360, 15])
  await page.keyboard.press('Escape')
})

test('a film that cannot be cleared of its place is asked about', async () => {
  const made = await film(page, 'Серуен.mp4', [640, 360], '#0a0')
  await add({ ...made, buffer: made.buffer.subarray(0, -9) })
  await page.locator('[data-testid="why-not"]:focus').waitFor()
  await look(page, 'heavy-film-asks')
  await page.getByTestId('leave-out').click()
  await sending().waitFor({ state: 'detached' })
})

test('a PDF that would be drawn for ever costs its small picture, and the page nothing', async () => {
  const endless = Buffer.alloc(96 << 20, 'q 1 0 0 1 0 0 cm 0 0 m 400 600 l 200 1 l 7 9 200 300 8 4 c B Q ')
  const bomb = deflateSync(deflateSync(endless, { level: 1 }))
  await add(file('Бомба.pdf', 'application/pdf', pdf(bomb, '/Filter [/FlateDecode /FlateDecode]')), file('Бүлінген.pdf', 'application/pdf', Buffer.from('%PDF-1.7\nnothing of the kind')))
  await sending().first().waitFor()
  await isAlive()
  await here('Бомба.pdf')
  await here('Бүлінген.pdf')
  await isAlive()
  for (const name of ['Бомба.pdf', 'Бүлінген.pdf']) assert.equal(await row(name).locator('img').count(), 0)
  await noReader()
})

/** All that have been begun are ended. */
async function noReader() {
  const end = Date.now() + REACH_MS
  while (page.workers().some((worker) => worker.url().includes('pdfworker'))) {
    assert.ok(Date.now() < end, 'no reader works on')
    await isAlive()
  }
}

test('a PDF whose page is one endless line is looked at, and the page goes on; it ends with whoever looks', async () => {
  const lines = Buffer.alloc(24 << 20, '400 600 l 200 1 l 7 9 l 390 31 l 3 598 l 222 333 l ')
  const line = deflateSync(Buffer.concat([Buffer.from('0 0 m '), lines, Buffer.from(' B')]), { level: 1 })
  await add(file('Сызық.pdf', 'application/pdf', pdf(line, '/Filter /FlateDecode')))
  await here('Сызық.pdf')
  await noReader()
  await row('Сызық.pdf').getByTestId('show-file').click()
  await page.getByTestId('pdf-page').waitFor({ timeout: REACH_MS })
  const done = page.locator('[data-testid="pdf-page"]:is([data-drawn="true"], :has(p))')
  for (const end = Date.now() + 2 * REACH_MS; (await done.count()) === 0; ) {
    assert.ok(Date.now() < end, 'it is drawn, or given up')
    await isAlive()
  }
  await page.keyboard.press('Escape')
  await noReader()
  await row('Бомба.pdf').getByTestId('show-file').click()
  await page.getByTestId('pdf-page').waitFor({ timeout: REACH_MS })
  assert.equal(page.workers().filter((worker) => worker.url().includes('pdfworker')).length, 1, 'one reader for one file')
  await isAlive()
  await page.keyboard.press('Escape')
  await noReader()
})

/** Black, of one bit a point: however large, of few bytes. */
function png(width, height) {
  const chunk = (name, data) => {
    const body = Buffer.concat([Buffer.from(name), data])
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
    length.writeUInt32BE(data.length)
    sum.writeUInt32BE(crc32(body))
    return Buffer.concat([length, body, sum])
  }
  const head = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0])
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  const points = deflateSync(Buffer.alloc(height * (1 + Math.ceil(width / 8))))
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), chunk('IHDR', head), chunk('IDAT', points), chunk('IEND', Buffer.alloc(0))])
}

test('an image of 40,000 x 40,000 is decoded by nobody; a person says whether it goes', async () => {
  await add(file('Керемет.png', 'image/png', png(40_000, 40_000)))
  const asked = sending().and(page.locator('[data-step="choosing"]'))
  await asked.getByTestId('why-not').filter({ hasText: 'more pixels than this page can make smaller' }).waitFor({ timeout: REACH_MS })
  await isAlive()
  await asked.scrollIntoViewIfNeeded()
  await look(page, 'heavy-pixels')
  await asked.getByTestId('send-as-it-is').click()
  await here('Керемет.png')
  assert.equal(await row('Керемет.png').getByTestId('show-file').count(), 0, 'nobody is led to decode it')
  assert.equal(await row('Керемет.png').locator('img').count(), 0)
})

test('the largest that is decoded is made smaller, and the page goes on', async () => {
  await add(file('Үлкен.png', 'image/png', png(10_400, 10_400)))
  await page.getByTestId('photo-choice').waitFor({ timeout: REACH_MS })
  assert.equal(await page.getByTestId('too-large-to-show').count(), 0)
  await page.getByTestId('how-original').check()
  await page.getByTestId('too-large-to-show').waitFor()
  await look(page, 'heavy-choice')
  await page.getByTestId('how-smaller').check()
  await page.getByTestId('send-photos').click()
  await here('Үлкен.jpg')
  await isAlive()
  await row('Үлкен.jpg').locator('img').waitFor()
})

test('a photo of a kind that this browser cannot show goes as it is, if a person says so', async () => {
  const avif = await readFile(new URL('../../client/web/src/files/samples/photo.avif', import.meta.url))
  const heic = Buffer.from(avif.toString('latin1').replaceAll('avif', 'heic'), 'latin1')
  await add(file('IMG_2034.HEIC', 'image/heic', heic))
  const asked = sending().and(page.locator('[data-step="choosing"]'))
  await asked.getByTestId('why-not').filter({ hasText: 'This browser cannot open the photo' }).waitFor({ timeout: REACH_MS })
  await asked.getByTestId('leave-out').click()
  await asked.waitFor({ state: 'detached' })
  assert.equal(await row('IMG_2034.HEIC').count(), 0)
  assert.deepEqual(page.faults.filter((fault) => !fault.includes('net::')), [])
})
