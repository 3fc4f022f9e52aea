// A library made at one school, and read, found and used at another in its own language.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { look } from './harness/axe.js'
import { PHONE, REACH_MS, openBrowser, openWindow, saved, signIn } from './harness/browser.js'
import { answers, ask, makeDocument } from './harness/documents.js'
import { fileRow, stands } from './harness/files.js'
import { laptop } from './harness/laptop.js'
import { pdf } from './harness/pdf.js'

const HOST = { school: 'Birlik School', name: 'Aigul Sarsenova', login: 'aigul', password: 'library-2026-birlik' }
const NEIGHBOUR = { school: 'Rodnik Lyceum', name: 'Olga Melnik', login: 'olga', password: 'library-2026-rodnik' }
const GUIDE = { name: 'Сабаққа қатысу үлгісі.pdf', mimeType: 'application/pdf', buffer: pdf(['Three questions after a lesson', 'The second page']) }
/** «Әр сабақтан соң» in the encoding of old Kazakh programs. */
const NOTE = { name: 'Ескерту.txt', mimeType: 'text/plain', buffer: Buffer.from('a3f020f1e0e1e09df2e0ed20f1eebe', 'hex') }

/** A second of silence: frames of layer III, 128 kbit/s, 44,100 Hz. */
const SONG = { name: 'Ән.mp3', mimeType: 'audio/mpeg', buffer: Buffer.concat(Array.from({ length: 38 }, () => Buffer.concat([Buffer.from('fffb9000', 'hex'), Buffer.alloc(413)]))) }

let browser
let birlik
let rodnik
let host
let neighbour
let space

before(async () => {
  browser = await openBrowser()
  ;({ node: birlik, page: host } = await laptop(browser, HOST))
  ;({ node: rodnik, page: neighbour } = await laptop(browser, NEIGHBOUR))
  space = await ask(host, 'POST', 'spaces', { name: 'The valley' })
  const { ticket } = await ask(host, 'POST', `spaces/${space.id}/invitations`, { role: 'member' })
  await ask(neighbour, 'POST', 'join', { ticket })
})

after(async () => {
  await browser?.close()
  await birlik?.stop()
  await rodnik?.stop()
})

const material = (page, title) => page.getByTestId('material').filter({ has: page.locator(`h3[aria-label="${title}"]`) })

/** A picture of a school's own drawing. */
async function picture(page) {
  const bytes = await page.evaluate(async () => {
    const canvas = document.createElement('canvas')
    Object.assign(canvas, { width: 900, height: 600 })
    const pen = canvas.getContext('2d')
    for (let at = 0; at < 12; at += 1) {
      pen.fillStyle = `hsl(${at * 30} 60% 55%)`
      pen.fillRect((at % 4) * 225, Math.floor(at / 4) * 200, 225, 200)
    }
    const blob = await new Promise((made) => canvas.toBlob(made, 'image/png'))
    return [...new Uint8Array(await blob.arrayBuffer())]
  })
  return { name: 'Сызба.png', mimeType: 'image/png', buffer: Buffer.from(bytes) }
}

/** Writes the words of the last material in a language. */
async function write(page, language, title, about) {
  const last = page.getByTestId('material').last()
  await last.getByTestId(`material-${language}`).click()
  await last.getByTestId('material-title').fill(title)
  await last.getByTestId('material-about').fill(about)
}

async function preview(page, name, shows) {
  await fileRow(page, name).getByTestId('show-file').click()
  await page.getByTestId('preview').locator(shows).first().waitFor({ timeout: REACH_MS })
}

async function closePreview(page) {
  await page.keyboard.press('Escape')
  await page.getByTestId('preview').waitFor({ state: 'detached' })
}

test('a library is begun in its room, and its material has words in three languages and files', async () => {
  await host.getByTestId('rail/library').click()
  await host.getByTestId('empty').waitFor()
  await look(host, 'library-none')
  await host.getByTestId('new-library').click()
  await host.locator('#new-title').fill('Guides of the valley')
  await host.locator('#new-space').selectOption({ label: 'The valley' })
  await host.locator('[data-testid="new-document"] button.first').click()
  await host.getByTestId('library-empty').waitFor({ timeout: REACH_MS })
  await look(host, 'library-empty')
  await host.getByTestId('add-material').click()
  await host.keyboard.type('How we visit lessons')
  await write(host, 'en', 'How we visit lessons', 'Three questions that a visitor answers after the lesson.')
  await write(host, 'kk', 'Сабаққа қалай қатысамыз', 'Қонақ сабақтан кейін жауап беретін үш сұрақ.')
  await write(host, 'ru', 'Как мы посещаем уроки', 'Три вопроса, на которые гость отвечает после урока.')
  await host.getByTestId('row-menu').first().click()
  await host.getByTestId('write-source').click()
  await host.keyboard.type('Birlik School, 2026')
  const chooser = host.getByTestId('material').getByTestId('choose-files')
  await chooser.setInputFiles([GUIDE, NOTE, SONG])
  await stands(host, GUIDE.name)
  await stands(host, NOTE.name)
  // What may say more than one hears is sent when the person says so.
  const asIs = host.getByTestId('send-as-it-is')
  await asIs.or(fileRow(host, SONG.name)).first().waitFor({ timeout: REACH_MS })
  if (await asIs.isVisible()) await asIs.click()
  await stands(host, SONG.name)
  await chooser.setInputFiles([await picture(host)])
  const choice = host.getByTestId('send-photos')
  const drawing = host.getByTestId('file').filter({ hasText: 'Сызба' })
  await choice.or(drawing).first().waitFor()
  if (await choice.isVisible()) await choice.click()
  await drawing.waitFor({ timeout: REACH_MS })
  await host.getByTestId('add-material').click()
  await host.getByTestId('material-category').last().selectOption('form')
  await write(host, 'ru', 'Бланк наблюдения', 'Одна страница на урок.')
  await saved(host)
  await host.evaluate(() => scrollTo(0, 0))
  await look(host, 'library-laptop')
})

test('it is sought by words of any language and by what it is for, moved, and removed so that it comes back', async () => {
  await host.getByTestId('seek-material').fill('сабак')
  await material(host, 'How we visit lessons').waitFor()
  assert.equal(await host.getByTestId('material').count(), 1)
  await host.getByTestId('seek-material').fill('')
  await host.getByTestId('category-form').click()
  await material(host, 'Бланк наблюдения').waitFor()
  assert.equal(await host.getByTestId('material').count(), 1)
  await host.getByTestId('category-all').click()
  const titles = () => host.getByTestId('material').locator('h3').evaluateAll((all) => all.map((each) => each.getAttribute('aria-label')))
  await material(host, 'Бланк наблюдения').getByTestId('row-menu').first().click()
  await host.getByTestId('move-up').click()
  await host.waitForFunction(() => document.querySelector('[data-testid="material"] h3')?.getAttribute('aria-label') === 'Бланк наблюдения')
  assert.deepEqual(await titles(), ['Бланк наблюдения', 'How we visit lessons'])
  await material(host, 'How we visit lessons').getByTestId('row-menu').first().click()
  await host.getByTestId('remove').click()
  await material(host, 'How we visit lessons').waitFor({ state: 'detached' })
  await host.getByTestId('undo').first().click()
  await stands(host, GUIDE.name)
  assert.equal(await material(host, 'How we visit lessons').getByTestId('file').count(), 4, 'its files came back with it')
  await saved(host)
})

test('the other school finds it by words inside it, reads it in its language, and sees its files in the page', async () => {
  await ask(neighbour, 'PATCH', 'me', { language: 'ru' })
  await neighbour.evaluate(() => localStorage.setItem('jeli.language', 'ru'))
  await answers(neighbour, 'documents', (documents) => documents.some(({ kind, state }) => kind === 'library' && state === 'here'))
  await neighbour.goto(new URL('/library', neighbour.url()).href)
  await neighbour.getByTestId('document').first().waitFor({ timeout: REACH_MS })
  await neighbour.getByTestId('find').fill('қонақ')
  await neighbour.getByTestId('found-material').filter({ hasText: 'Как мы посещаем уроки' }).waitFor({ timeout: REACH_MS })
  await look(neighbour, 'library-found')
  await neighbour.getByTestId('found-material').first().click()
  await material(neighbour, 'Как мы посещаем уроки').waitFor()
  assert.match(neighbour.url(), /#material-[0-9a-f]{32}$/)
  await stands(neighbour, GUIDE.name)
  await stands(neighbour, NOTE.name)

  await preview(neighbour, GUIDE.name, '[data-testid="pdf-page"][data-drawn="true"]')
  assert.equal(await neighbour.getByTestId('preview-pdf').getAttribute('data-pages'), '2')
  await neighbour.getByTestId('pdf-page').first().getByText('Three questions after a lesson').waitFor({ state: 'attached' })
  const inked = await neighbour.locator('canvas').first().evaluate((canvas) => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some((value, at) => at % 4 === 0 && value < 100))
  assert.ok(inked, 'the words of the page are drawn')
  await look(neighbour, 'library-pdf')
  await closePreview(neighbour)

  await preview(neighbour, NOTE.name, '[data-testid="preview-text"]')
  assert.equal(await neighbour.getByTestId('preview-text').textContent(), 'Әр сабақтан соң')
  await neighbour.getByTestId('preview-encoding').waitFor()
  await look(neighbour, 'library-text')
  await closePreview(neighbour)

  await stands(neighbour, SONG.name)
  await preview(neighbour, SONG.name, 'audio')
  await neighbour.waitForFunction(() => document.querySelector('[data-testid="sound"]')?.duration > 0.9)
  await look(neighbour, 'library-sound')
  await closePreview(neighbour)

  const drawing = await neighbour.getByTestId('file').filter({ hasText: 'Сызба' }).getByTestId('file-called').textContent()
  await stands(neighbour, drawing)
  await preview(neighbour, drawing, 'img')
  assert.ok(await neighbour.getByTestId('picture').evaluate((img) => img.decode().then(() => img.naturalWidth > 0)))
  await closePreview(neighbour)
})

test('what is saved has its own name, with the letters of its language', async () => {
  const [download] = await Promise.all([neighbour.waitForEvent('download'), fileRow(neighbour, GUIDE.name).getByTestId('save-file').click()])
  assert.equal(download.suggestedFilename(), GUIDE.name)
})

test('a file of the library stands in a meeting too without being sent again, and the library says so', async () => {
  const meeting = await makeDocument(neighbour, { space: space.id, kind: 'meeting', title: 'Пятница', language: 'ru', write_rule: 'everyone' })
  const library = neighbour.url()
  await neighbour.goto(new URL(`/documents/${meeting}`, neighbour.url()).href)
  await neighbour.getByTestId('add-agenda-item').click()
  await neighbour.keyboard.type('Посещение уроков')
  let sent = 0
  neighbour.on('request', (request) => (sent += request.url().includes('/uploads') ? 1 : 0))
  await neighbour.getByTestId('from-library').first().click()
  await neighbour.getByTestId('library-file').filter({ hasText: GUIDE.name }).waitFor({ timeout: REACH_MS })
  await look(neighbour, 'library-picker')
  await neighbour.getByTestId('library-file').filter({ hasText: GUIDE.name }).click()
  await stands(neighbour, GUIDE.name)
  assert.equal(sent, 0)
  await saved(neighbour)
  const notebook = await makeDocument(neighbour, { space: (await ask(neighbour, 'GET', 'spaces')).find((each) => each.private).id, kind: 'notebook', title: 'Мой проект', language: 'ru', write_rule: 'owner' })
  assert.ok(notebook)
  await neighbour.goto(library)
  const guide = material(neighbour, 'Как мы посещаем уроки')
  await guide.getByTestId('where-used-open').click()
  await guide.getByTestId('used-in').filter({ hasText: 'Пятница' }).waitFor({ timeout: REACH_MS })
  assert.equal(await guide.getByTestId('used-in').count(), 1, 'a notebook without a link to it is not told')
  await look(neighbour, 'library-used')
})

test('on a phone it fits', async () => {
  const phone = await openWindow(browser, birlik.address, { viewport: PHONE, hasTouch: true, locale: 'kk' })
  await signIn(phone, HOST)
  await phone.goto(new URL('/library', phone.url()).href)
  await look(phone, 'library-room-phone')
  await phone.getByTestId('document').first().click()
  await phone.getByTestId('material').first().waitFor()
  await stands(phone, GUIDE.name)
  await look(phone, 'library-phone')
  await fileRow(phone, GUIDE.name).scrollIntoViewIfNeeded()
  await look(phone, 'library-files-phone')
  await preview(phone, GUIDE.name, '[data-testid="pdf-page"][data-drawn="true"]')
  await look(phone, 'library-pdf-phone')
  await closePreview(phone)
  await phone.close()
})
