// A build of the page as a browser keeps it: whole or not at all. Each build has a cache of its own, so that no page is ever made of two.

/** A file of the build. Those whose name says nothing of their content are told by its hash. */
export interface BuildFile {
  path: string
  sha256?: string
}

export interface Build {
  id: string
  files: BuildFile[]
}

export const ENTRY = '/index.html'
const PREFIX = 'jeli-page-'
/** The newest build, and the one before it: a page that has stood open since then still finds its parts. */
const KEPT_BUILDS = 2
/** How long a node may take to answer before the page is opened without it. */
const ANSWER_WITHIN_MS = 3_000

/** Answers differ by how they are packed on the way, and not once they are here. */
const ANY = { ignoreVary: true }

const nameOf = ({ id }: Build): string => PREFIX + id

/** Fetches all files of the build. Rejects, and keeps nothing, where one is missing or of another build: the browser tries again later. */
export async function keepBuild(caches: CacheStorage, build: Build, get: typeof fetch): Promise<void> {
  const cache = await caches.open(nameOf(build))
  try {
    for (const { path, sha256 } of build.files) {
      // Files whose names hold a hash never change: the browser may have them already.
      const answer = await get(path, sha256 === undefined ? {} : { cache: 'reload' })
      if (!answer.ok) throw new Error(`${path}: ${answer.status}`)
      if (sha256 !== undefined && (await hashOf(answer.clone())) !== sha256) throw new Error(`${path} is of another build`)
      await cache.put(path, answer)
    }
  } catch (error) {
    await caches.delete(nameOf(build))
    throw error
  }
}

async function hashOf(answer: Response): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', await answer.arrayBuffer())
  return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Lets go of builds from before the last one. The order of their names is the order in which they came. */
export async function dropOldBuilds(caches: CacheStorage, build: Build): Promise<void> {
  const others = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== nameOf(build))
  await Promise.all(others.slice(0, Math.max(0, others.length - (KEPT_BUILDS - 1))).map((name) => caches.delete(name)))
}

/** What a request is for. Whatever is the node's to answer is none of ours. */
export type Asked = 'page' | 'file' | 'node'

export function askedFor(request: Pick<Request, 'method' | 'mode' | 'url'>, origin: string): Asked {
  const { origin: of, pathname } = new URL(request.url)
  if (request.method !== 'GET' || of !== origin || pathname.startsWith('/api/') || pathname === '/sync' || pathname === '/sw.js') return 'node'
  return request.mode === 'navigate' ? 'page' : 'file'
}

/** The page: the node's, as long as it answers; else the one that is kept. */
export async function page(caches: CacheStorage, build: Build, request: Request, get: typeof fetch): Promise<Response> {
  const kept = async () => (await caches.open(nameOf(build))).match(ENTRY, ANY)
  try {
    const answer = await get(request, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) })
    // A proxy on the way answers for a node that is away.
    return answer.status >= 500 ? ((await kept()) ?? answer) : answer
  } catch (error) {
    const entry = await kept()
    if (entry) return entry
    throw error
  }
}

/** A file of a build, whichever has it: a name with a hash means one content. Others are asked for, as long as the node answers. */
export async function file(caches: CacheStorage, request: Request, get: typeof fetch): Promise<Response> {
  const hashed = new URL(request.url).pathname.startsWith('/assets/')
  const kept = hashed ? await caches.match(request, ANY) : undefined
  if (kept) return kept
  try {
    return await get(request)
  } catch (error) {
    const known = await caches.match(request, ANY)
    if (known) return known
    throw error
  }
}
