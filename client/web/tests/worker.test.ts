import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { askedFor, dropOldBuilds, file, keepBuild, page, type Build } from '../src/worker/build'

const ORIGIN = 'http://localhost:4780'
const hash = (text: string) => createHash('sha256').update(text).digest('hex')

/** As much of a browser's caches as the worker needs. */
function browserCaches(): CacheStorage & { has: (name: string) => Promise<boolean> } {
  const all = new Map<string, Map<string, Response>>()
  const path = (request: RequestInfo | URL) => new URL(request instanceof Request ? request.url : String(request), ORIGIN).pathname
  const cacheOf = (name: string) => {
    const files = all.get(name) ?? new Map<string, Response>()
    all.set(name, files)
    return {
      put: async (request: RequestInfo | URL, answer: Response) => void files.set(path(request), answer),
      match: async (request: RequestInfo | URL) => files.get(path(request))?.clone(),
    }
  }
  return {
    open: async (name: string) => cacheOf(name),
    has: async (name: string) => all.has(name),
    delete: async (name: string) => all.delete(name),
    keys: async () => [...all.keys()],
    match: async (request: RequestInfo | URL) => [...all.values()].map((files) => files.get(path(request))).find((found) => found)?.clone(),
  } as unknown as CacheStorage & { has: (name: string) => Promise<boolean> }
}

type Files = Record<string, string>
const buildOf = (id: string, files: Files): Build => ({
  id,
  files: Object.entries(files).map(([path, text]) => (path.startsWith('/assets/') ? { path } : { path, sha256: hash(text) })),
})
/** A node with these files; none: it does not answer. */
const node = (files: Files | undefined): typeof fetch => async (request) => {
  if (!files) throw new TypeError('no node')
  const asked = new URL(request instanceof Request ? request.url : String(request), ORIGIN).pathname
  const text = files[asked] ?? (asked.includes('.') ? undefined : files['/index.html'])
  return text === undefined ? new Response('', { status: 404 }) : new Response(text)
}
const textOf = async (answer: Promise<Response>) => (await answer).text()
const get = (path: string) => new Request(ORIGIN + path)

const ONE: Files = { '/index.html': 'one', '/assets/one-12345678.js': 'code of one', '/assets/same-12345678.js': 'same', '/icon.svg': 'icon' }
const TWO: Files = { '/index.html': 'two', '/assets/two-12345678.js': 'code of two', '/assets/same-12345678.js': 'same', '/icon.svg': 'icon' }
const THREE: Files = { '/index.html': 'three', '/assets/three-12345678.js': 'code of three', '/icon.svg': 'icon' }
const [one, two, three] = [buildOf('1', ONE), buildOf('2', TWO), buildOf('3', THREE)]

describe('a build that a browser keeps', () => {
  it('opens any address of the page without the node, and with it shows the node’s', async () => {
    const caches = browserCaches()
    await keepBuild(caches, one, node(ONE))
    expect(await textOf(page(caches, one, get('/documents/x'), node(undefined)))).toBe('one')
    expect(await textOf(page(caches, one, get('/documents/x'), node(TWO)))).toBe('two')
    expect(await textOf(file(caches, get('/assets/one-12345678.js'), node(undefined)))).toBe('code of one')
    expect(await textOf(page(caches, one, get('/'), async () => new Response('no node behind me', { status: 502 })))).toBe('one')
  })

  it('is whole or is not kept: a file that is missing, or of another build, ends it', async () => {
    const caches = browserCaches()
    const missing = Object.fromEntries(Object.entries(ONE).filter(([path]) => !path.startsWith('/assets/one')))
    await expect(keepBuild(caches, one, node(missing))).rejects.toThrow('/assets/one')
    await expect(keepBuild(caches, one, node({ ...ONE, '/index.html': 'two' })), 'the program was changed meanwhile').rejects.toThrow('another build')
    expect(await caches.keys()).toEqual([])
    await expect(page(caches, one, get('/'), node(undefined))).rejects.toThrow('no node')
  })

  it('gives way to the next one; a page that stands open still finds its own parts, until the one after', async () => {
    const caches = browserCaches()
    await keepBuild(caches, one, node(ONE))
    await keepBuild(caches, two, node(TWO))
    await dropOldBuilds(caches, two)
    expect(await textOf(page(caches, two, get('/'), node(undefined)))).toBe('two')
    expect(await textOf(file(caches, get('/assets/one-12345678.js'), node(TWO)))).toBe('code of one')
    await keepBuild(caches, three, node(THREE))
    await dropOldBuilds(caches, three)
    expect(await caches.keys()).toHaveLength(2)
    expect((await file(caches, get('/assets/one-12345678.js'), node(THREE))).status).toBe(404)
    expect(await textOf(page(caches, three, get('/'), node(undefined)))).toBe('three')
  })

  it('touches nothing that is the node’s to answer', () => {
    const asked = (path: string, over: Partial<Request> = {}) => askedFor({ method: 'GET', mode: 'cors', url: ORIGIN + path, ...over }, ORIGIN)
    for (const path of ['/api/v1/me', '/api/v1/events', '/sync', '/sw.js']) expect(asked(path, { mode: 'navigate' }), path).toBe('node')
    expect(asked('/', { method: 'POST' })).toBe('node')
    expect(askedFor({ method: 'GET', mode: 'cors', url: 'http://elsewhere/x.js' }, ORIGIN)).toBe('node')
    expect(asked('/documents/x', { mode: 'navigate' })).toBe('page')
    expect(asked('/assets/one-12345678.js')).toBe('file')
  })
})
