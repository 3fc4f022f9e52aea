// What this device can do with the page: open it without the node, and have it among its programs.
import { locale } from '../locale/locale.svelte'

/** What Chromium asks a page that can be put on the device. */
interface InstallPrompt extends Event {
  prompt: () => Promise<unknown>
}
const isInstallPrompt = (event: Event): event is InstallPrompt => 'prompt' in event

/** `works`: the page opens here without the node. `soon`: it is being copied. `not`: this address allows it to no browser. */
export type OpensAlone = 'works' | 'soon' | 'not'

class Device {
  opensAlone = $state<OpensAlone>('not')
  installed = $state(false)
  #prompt = $state.raw<InstallPrompt | undefined>()

  /** Whether the browser lets the page ask. */
  get canAsk(): boolean {
    return this.#prompt !== undefined
  }

  start(): void {
    this.installed = matchMedia('(display-mode: standalone)').matches
    window.addEventListener('beforeinstallprompt', (event) => {
      // The browser's own banner would come while somebody reads something else.
      event.preventDefault()
      if (isInstallPrompt(event)) this.#prompt = event
    })
    window.addEventListener('appinstalled', () => {
      this.installed = true
      this.#prompt = undefined
    })
    $effect.root(() => {
      $effect(() => nameInLanguage(locale.language))
    })
    // Where the page comes from its sources there is no build that could be kept.
    if (import.meta.env.PROD && window.isSecureContext && 'serviceWorker' in navigator) void this.#keepPage()
  }

  async install(): Promise<void> {
    const prompt = this.#prompt
    this.#prompt = undefined
    await prompt?.prompt()
  }

  async #keepPage(): Promise<void> {
    this.opensAlone = 'soon'
    try {
      await navigator.serviceWorker.register('/sw.js', { updateViaCache: 'none' })
      await navigator.serviceWorker.ready
      this.opensAlone = 'works'
    } catch {
      // A browser that keeps nothing: by its settings, or in a private window.
      this.opensAlone = 'not'
    }
  }
}

function nameInLanguage(language: string): void {
  const link = document.head.querySelector<HTMLLinkElement>('link[rel="manifest"]') ?? document.head.appendChild(document.createElement('link'))
  link.rel = 'manifest'
  link.href = `/manifest.${language}.webmanifest`
}

export const device = new Device()
