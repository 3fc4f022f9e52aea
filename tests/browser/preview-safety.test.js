// Files that would run if a browser let them: shown, opened and framed in every way that a page has, none runs and none reaches anything.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { after, before, test } from 'node:test'
import { REACH_MS, openBrowser, openWindow, saved } from './harness/browser.js'
import { ask, makeDocument } from './harness/documents.js'
import { laptop } from './harness/laptop.js'
import { pdf } from './harness/pdf.js'

const HOST = { school: 'Birlik School', name: 'Aigul Sarsenova', login: 'aigul', password: 'safety-2026-birlik' }

let browser
let node
let host
let library
/** Counts who comes by: nobody should. */
let elsewhere
let visitors = []
let files

before(async () => {
  elsewhere = createServer((request, answer) => {
    visitors.push(request.url)
    answer.writeHead(200, { 'content-type': 'text/html', 'access-control-allow-origin': '*' })
    answer.end(request.url === '/control' ? page('control') : 'x')
  }).listen(0, '127.0.0.1')
  await once(elsewhere, 'listening')
  browser = await openBrowser()
  ;({ node, page: host } = await laptop(browser, HOST))
  const space = (await ask(host, 'GET', 'spaces')).find((each) => each.private)
  library = await makeDocument(host, { space: space.id, kind: 'library', title: 'Strange files', language: 'en', write_rule: 'owner' })
  const script = `app.alert('x'); app.launchURL('${address('pdf-script')}', true); this.submitForm('${address('pdf-form')}')`
  files = [
    { name: 'Photo.jpg', mimeType: 'image/jpeg', buffer: Buffer.from(page('html')) },
    { name: 'Page.html', mimeType: 'text/html', buffer: Buffer.from(page('html-page')) },
    // A PDF by its first bytes, and none by the others.
    { name: 'Broken.pdf', mimeType: 'application/pdf', buffer: Buffer.from(`%PDF-1.7\n${page('broken')}`) },
    { name: 'Words.txt', mimeType: 'text/plain', buffer: Buffer.from(`Read me first.\n${page('text')}`) },
    { name: 'Drawing.svg', mimeType: 'image/svg+xml', buffer: Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" onload="${run('svg')}"><script>${run('svg')}</script><image href="${address('svg-image')}" width="9" height="9"/></svg>`) },
    {
      name: 'Report.pdf',
      mimeType: 'application/pdf',
      buffer: pdf(['Quarterly report'], {
        catalog: `/OpenAction 90 0 R/AA<</WC 90 0 R/DS 90 0 R>>/Names<</JavaScript<</Names[(go) 90 0 R]>>>>/URI<</Base(${address('pdf-base')})>>`,
        page: `/AA<</O 91 0 R>>/Annots[92 0 R]`,
        more: {
          90: `<</S/JavaScript/JS(${script.replaceAll(/[()]/g, '\\$&')})>>`,
          91: `<</S/URI/URI(${address('pdf-open')})>>`,
          92: `<</Type/Annot/Subtype/Link/Rect[0 0 595 842]/A<</S/URI/URI(${address('pdf-link')})>>>>`,
        },
      }),
    },
  ]
})

after(async () => {
  await browser?.close()
  await node?.stop()
  elsewhere?.close()
})

const address = (what) => `http://127.0.0.1:${elsewhere.address().port}/${what}`
const run = (what) => `globalThis.ran = true; fetch('${address(what)}'); fetch('/api/v1/me')`
const page = (what) => `<!DOCTYPE html><html><body><img src="${address(`${what}-image`)}"><script>${run(what)}</script></body></html>`
const row = (name) => host.getByTestId('file').filter({ hasText: name })

/** Whatever the browser asks for in this window, apart from `opened`. */
function watched(window, opened = []) {
  const asked = []
  window.on('request', (request) => {
    if (!opened.includes(request.url())) asked.push(request.url())
  })
  window.on('dialog', (dialog) => {
    asked.push(`dialog ${dialog.message()}`)
    void dialog.dismiss()
  })
  return asked
}

test('the page with which they are judged does run, and is noticed', async () => {
  const plain = await openWindow(browser, address('control'))
  await plain.waitForFunction(() => globalThis.ran === true)
  await plain.waitForLoadState('networkidle')
  assert.ok(visitors.includes('/control-image'), visitors.join(' '))
  await plain.context().close()
  visitors = []
})

test('shown in the page they are words and pictures, and nothing runs', async () => {
  await host.goto(new URL(`/documents/${library}`, host.url()).href)
  await host.getByTestId('add-material').click()
  await host.keyboard.type('Strange files')
  await host.getByTestId('choose-files').first().setInputFiles(files)
  for (const { name } of files) {
    // What cannot be told for sure is sent when the person says so.
    const send = host.getByTestId('sending').filter({ hasText: name }).getByTestId('send-as-it-is')
    await row(name).or(send).first().waitFor({ timeout: REACH_MS })
    if (await send.isVisible()) await send.click()
    await row(name).and(host.locator('[data-state="here"]')).waitFor({ timeout: REACH_MS })
  }
  await saved(host)
  const asked = watched(host)
  for (const name of ['Photo.jpg', 'Page', 'Drawing']) assert.equal(await row(name).first().getByTestId('show-file').count(), 0, `${name} is not shown`)
  await row('Words.txt').getByTestId('show-file').click()
  await host.getByTestId('preview-text').filter({ hasText: '<script>' }).waitFor()
  assert.equal(await host.getByTestId('preview-text').locator('*').count(), 0, 'words, and no elements')
  await host.keyboard.press('Escape')
  await row('Report.pdf').getByTestId('show-file').click()
  await host.locator('[data-testid="pdf-page"][data-drawn="true"]').waitFor({ timeout: REACH_MS })
  await host.locator('canvas').click()
  await host.keyboard.press('Escape')
  await host.getByTestId('preview').waitFor({ state: 'detached' })
  await row('Broken.pdf').getByTestId('show-file').click()
  await host.getByTestId('preview-failed').waitFor({ timeout: REACH_MS })
  await host.keyboard.press('Escape')
  await host.getByTestId('preview').waitFor({ state: 'detached' })
  assert.equal(await host.evaluate(() => globalThis.ran), undefined)
  const own = new URL(host.url()).origin
  assert.deepEqual(asked.filter((url) => !url.startsWith(own) && !url.startsWith('blob:')), [])
  assert.deepEqual(visitors, [])
})

test('opened by themselves they are words, or saved, and reach nothing', async () => {
  const named = (await ask(host, 'GET', `documents/${library}/files`)).filter(({ part }) => part === 'content')
  assert.equal(new Set(named.map(({ hash }) => hash)).size, 6)
  for (const { hash } of named) {
    const at = new URL(`/api/v1/documents/${library}/files/${hash}`, host.url()).href
    const window = await host.context().newPage()
    const asked = watched(window, [at, new URL('/favicon.ico', at).href])
    const saving = window.waitForEvent('download').then(() => 'saved')
    const shown = window.goto(at).then(
      () => 'shown',
      () => saving,
    )
    if ((await shown) === 'shown') {
      assert.equal(await window.evaluate(() => document.contentType), 'text/plain')
      assert.deepEqual(await window.evaluate(() => [document.scripts.length, document.images.length, globalThis.ran ?? 'nothing']), [0, 0, 'nothing'])
    }
    saving.catch(() => undefined)
    assert.deepEqual(asked, [])
    await window.close()
  }
  assert.deepEqual(visitors, [])
})

/** Puts an element that names the file into the page, and tells what becomes of it. */
const made = (name, property, from) =>
  host.evaluate(
    ([tag, key, address]) =>
      new Promise((end) => {
        const element = Object.assign(document.createElement(tag), { [key]: address, onload: () => end('load'), onerror: () => end('error') })
        document.body.append(element)
      }),
    [name, property, from],
  )

test('no page can be made to hold them as frames, objects, pictures or scripts', async () => {
  const named = (await ask(host, 'GET', `documents/${library}/files`)).filter(({ part }) => part === 'content')
  for (const { hash } of named) {
    const at = new URL(`/api/v1/documents/${library}/files/${hash}`, host.url()).href
    const ended = Promise.race(['requestfinished', 'requestfailed'].map((event) => host.waitForEvent(event, (request) => request.url() === at && request.resourceType() === 'document')))
    await host.evaluate((from) => document.body.append(Object.assign(document.createElement('iframe'), { src: from }), Object.assign(document.createElement('object'), { data: from })), at)
    await ended
    assert.equal(await made('script', 'src', at), 'error')
    assert.equal(await made('img', 'src', at), 'error')
    const held = await host.evaluate(() => {
      const parts = [...document.querySelectorAll('iframe, object')]
      const scripts = parts.flatMap((part) => [...(part.contentDocument?.scripts ?? [])])
      parts.forEach((part) => part.remove())
      return [parts.length, scripts.length, globalThis.ran ?? 'nothing']
    })
    assert.deepEqual(held, [2, 0, 'nothing'])
  }
  assert.deepEqual(visitors, [])
})
