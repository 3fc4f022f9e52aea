// The address bar: links of the page go through here without loading it anew.
import { parseRoute } from './route'

/** Whoever has just made a document comes to write in it. */
export type Purpose = 'reading' | 'writing'

class Router {
  path = $state(location.pathname)
  route = $derived(parseRoute(this.path))
  /** What the person came to the present address for. */
  purpose: Purpose = 'reading'
  /** Documents that were opened in this tab. */
  readonly visited = new Set<string>()

  start(): void {
    this.#visit()
    window.addEventListener('popstate', () => {
      this.purpose = 'reading'
      this.path = location.pathname
      this.#visit()
    })
    document.addEventListener('click', (event) => {
      if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
      const link = (event.target as Element | null)?.closest?.('a')
      if (!link || link.target !== '' || link.origin !== location.origin || link.hasAttribute('download')) return
      if (link.hash !== '' && link.pathname === location.pathname) return
      event.preventDefault()
      this.go(link.pathname, 'reading', link.hash)
    })
  }

  /** `hash`: a place in the page that is there. */
  go(path: string, purpose: Purpose = 'reading', hash = ''): void {
    this.purpose = purpose
    if (path !== this.path) history.pushState(null, '', path + hash)
    this.path = path
    this.#visit()
    window.scrollTo(0, 0)
  }

  #visit(): void {
    if (this.route.screen === 'document') this.visited.add(this.route.id)
  }
}

export const router = new Router()
