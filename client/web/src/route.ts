// Addresses of the page. The node answers index.html for every path that is neither a file nor the API.

export const ROOMS = ['plans', 'meetings', 'projects', 'library', 'talk', 'documents'] as const
/** A list of documents of some kinds; `documents` has them all. */
export type Room = (typeof ROOMS)[number]

export type Route =
  | { screen: 'home' }
  | { screen: 'room'; room: Room }
  | { screen: 'document'; id: string; part: 'sheet' | 'history' }
  | { screen: 'network' }
  | { screen: 'people' }
  | { screen: 'phone' }
  | { screen: 'seat' }
  | { screen: 'away' }
  | { screen: 'files' }
  | { screen: 'nowhere' }

export function parseRoute(path: string): Route {
  const parts = path.split('/').filter((part) => part !== '')
  const [first, second, ...rest] = parts
  const [part] = rest
  if (part !== undefined && (first !== 'documents' || part !== 'history' || rest.length > 1)) return { screen: 'nowhere' }
  if (first === undefined) return { screen: 'home' }
  if (second === undefined) {
    const room = ROOMS.find((each) => each === first)
    if (room) return { screen: 'room', room }
    if (first === 'network') return { screen: 'network' }
    if (first === 'people') return { screen: 'people' }
    if (first === 'phone') return { screen: 'phone' }
    if (first === 'seat') return { screen: 'seat' }
    if (first === 'away') return { screen: 'away' }
    if (first === 'files') return { screen: 'files' }
  } else if (first === 'documents') {
    const id = decoded(second)
    if (id !== undefined) return { screen: 'document', id, part: part === 'history' ? part : 'sheet' }
  }
  return { screen: 'nowhere' }
}

/** Where a document is opened. */
export function addressOf(document: string): string {
  return `/documents/${encodeURIComponent(document)}`
}

/** The token of a questionnaire: its page stands apart from all others and asks nobody who they are. */
export function questionnaireToken(path: string): string | undefined {
  const token = /^\/q\/([^/]+)\/?$/.exec(path)?.[1]
  return token === undefined ? undefined : decoded(token)
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part)
  } catch {
    return undefined
  }
}
