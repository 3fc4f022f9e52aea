// Light or dark: as the device has it, or as the person chose on this device.

export const THEMES = ['system', 'light', 'dark'] as const
export type ThemeChoice = (typeof THEMES)[number]

const REMEMBERED = 'jeli.theme'

class Theme {
  choice = $state<ThemeChoice>('system')

  /** Before the first paint, or the page would flash. */
  start(): void {
    const remembered = localStorage.getItem(REMEMBERED)
    this.#show(THEMES.find((each) => each === remembered) ?? 'system')
  }

  choose(choice: ThemeChoice): void {
    if (choice === 'system') localStorage.removeItem(REMEMBERED)
    else localStorage.setItem(REMEMBERED, choice)
    this.#show(choice)
  }

  #show(choice: ThemeChoice): void {
    this.choice = choice
    if (choice === 'system') delete document.documentElement.dataset['theme']
    else document.documentElement.dataset['theme'] = choice
    // The bars of a phone's browser take the colour of the desk.
    for (const meta of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')) {
      meta.dataset['own'] ??= meta.content
      const wanted = choice === 'system' ? meta : document.querySelector<HTMLMetaElement>(`meta[name="theme-color"][media*="${choice}"]`)
      meta.content = wanted?.dataset['own'] ?? wanted?.content ?? meta.content
    }
  }
}

export const theme = new Theme()
