// Every word the page says comes from client/locales through Fluent; one language is loaded at a time.
import { FluentBundle, FluentResource, type FluentVariable } from '@fluent/bundle'
import type { Language } from '../data/types'

export const LANGUAGES: readonly Language[] = ['kk', 'ru', 'en']
/** Intl's names for our languages, in the country where the schools are. */
const REGION: Record<Language, string> = { kk: 'kk-KZ', ru: 'ru-KZ', en: 'en-GB' }
/** Where the choice made before signing in is remembered. */
const REMEMBERED = 'jeli.language'

const SOURCES: Record<Language, () => Promise<{ default: string }>> = {
  kk: () => import('./kk'),
  ru: () => import('./ru'),
  en: () => import('./en'),
}

export function isLanguage(value: unknown): value is Language {
  return LANGUAGES.some((language) => language === value)
}

export function bundleOf(language: Language, source: string): FluentBundle {
  // Isolation marks around names would travel into copied text and screen readers; `<bdi>` does that work in the markup.
  const bundle = new FluentBundle(REGION[language], { useIsolating: false })
  bundle.addResource(new FluentResource(source))
  return bundle
}

class Locale {
  language = $state<Language>('kk')
  #bundle = $state.raw<FluentBundle | undefined>()

  /** The language the person chose on this device, else the browser's, else Kazakh. */
  async start(): Promise<void> {
    const remembered = localStorage.getItem(REMEMBERED)
    const wanted = isLanguage(remembered)
      ? remembered
      : navigator.languages.map((tag) => tag.slice(0, 2)).find(isLanguage)
    await this.use(wanted ?? 'kk')
  }

  async use(language: Language): Promise<void> {
    if (this.#bundle && this.language === language) return
    const source = await SOURCES[language]()
    this.#bundle = bundleOf(language, source.default)
    this.language = language
    document.documentElement.lang = language
    localStorage.setItem(REMEMBERED, language)
  }

  /** The words of another language, for what is written in a document of that language. */
  async wordsIn(language: Language): Promise<(id: string) => string> {
    const source = await SOURCES[language]()
    const bundle = bundleOf(language, source.default)
    return (id) => {
      const message = bundle.getMessage(id)
      return message?.value ? bundle.formatPattern(message.value, {}, []) : id
    }
  }

  get tag(): string {
    return REGION[this.language]
  }

  has(id: string): boolean {
    return this.#bundle?.hasMessage(id) ?? false
  }

  format(id: string, args?: Record<string, FluentVariable>): string {
    const message = this.#bundle?.getMessage(id)
    // A missing message shows its name: ugly on purpose, and tests/locales.test.ts makes it impossible.
    if (!this.#bundle || !message?.value) return id
    return this.#bundle.formatPattern(message.value, args, [])
  }
}

export const locale = new Locale()

/** The words of message `id` in the person's language. */
export function t(id: string, args?: Record<string, FluentVariable>): string {
  return locale.format(id, args)
}
