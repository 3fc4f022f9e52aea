// Opens the page without the node. Built as /sw.js; what it keeps is listed by the build.
import { askedFor, dropOldBuilds, file, keepBuild, page, type Build } from './build'

// TypeScript knows either a window's names or a worker's; these few are all that is needed of the latter.
interface Extendable extends Event {
  waitUntil: (until: Promise<unknown>) => void
}
interface Fetching extends Extendable {
  request: Request
  respondWith: (answer: Promise<Response>) => void
}
interface Scope {
  location: Location
  clients: { claim: () => Promise<void> }
  skipWaiting: () => Promise<void>
  addEventListener: ((name: 'install' | 'activate', then: (event: Extendable) => void) => void) & ((name: 'fetch', then: (event: Fetching) => void) => void)
}
declare const self: Scope
/** Put in by installable/plugin.ts. */
declare const BUILD: Build
const build = BUILD

self.addEventListener('install', (event) => {
  // Nothing waits for old pages to close: they have their own build's files, and the next load is of the new one.
  event.waitUntil(keepBuild(caches, build, fetch).then(() => self.skipWaiting()))
})

self.addEventListener('activate', (event) => {
  event.waitUntil(dropOldBuilds(caches, build).then(() => self.clients.claim()))
})

self.addEventListener('fetch', (event) => {
  const asked = askedFor(event.request, self.location.origin)
  if (asked === 'page') event.respondWith(page(caches, build, event.request, fetch))
  else if (asked === 'file') event.respondWith(file(caches, event.request, fetch))
})
