// Addresses of the page. The node answers index.html for every path that is neither a file nor the API.

export type Route =
  | { screen: 'documents'; only: 'plan' | 'meeting' | undefined }
  | { screen: 'document'; id: string }
  | { screen: 'network' }
  | { screen: 'people' }
  | { screen: 'away' }
  | { screen: 'nowhere' }

export function parseRoute(path: string): Route {
  const parts = path.split('/').filter((part) => part !== '')
  const [first, second, ...rest] = parts
  if (rest.length > 0) return { screen: 'nowhere' }
  if (first === undefined) return { screen: 'documents', only: undefined }
  if (second === undefined) {
    if (first === 'plans') return { screen: 'documents', only: 'plan' }
    if (first === 'meetings') return { screen: 'documents', only: 'meeting' }
    if (first === 'network') return { screen: 'network' }
    if (first === 'people') return { screen: 'people' }
    if (first === 'away') return { screen: 'away' }
  } else if (first === 'documents') {
    const id = decoded(second)
    if (id !== undefined) return { screen: 'document', id }
  }
  return { screen: 'nowhere' }
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part)
  } catch {
    return undefined
  }
}
