// Addresses of the page. The node answers index.html for every path that is neither a file nor the API.

export type Route =
  | { screen: 'documents'; only: 'plan' | 'meeting' | undefined }
  | { screen: 'document'; id: string }
  | { screen: 'network' }
  | { screen: 'people' }
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
  } else if (first === 'documents') return { screen: 'document', id: decodeURIComponent(second) }
  return { screen: 'nowhere' }
}

class Router {
  path = $state(location.pathname)
  route = $derived(parseRoute(this.path))

  start(): void {
    window.addEventListener('popstate', () => (this.path = location.pathname))
    document.addEventListener('click', (event) => {
      if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
      const link = (event.target as Element | null)?.closest?.('a')
      if (!link || link.target !== '' || link.origin !== location.origin || link.hasAttribute('download')) return
      if (link.hash !== '' && link.pathname === location.pathname) return
      event.preventDefault()
      this.go(link.pathname)
    })
  }

  go(path: string): void {
    if (path !== this.path) history.pushState(null, '', path)
    this.path = path
    window.scrollTo(0, 0)
  }
}

export const router = new Router()
