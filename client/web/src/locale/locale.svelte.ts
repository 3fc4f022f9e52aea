// Every word the page says comes from client/locales through Fluent; one language is loaded at a time, in two loads.
import { FluentBundle, FluentResource, type FluentVariable } from '@fluent/bundle'
import type { Language } from '../data/types'
import { isolated } from './isolated'
import { FIRST, ROOMS } from './words'

export const LANGUAGES: readonly Language[] = ['kk', 'ru', 'en']
/** Whose numbers a language has. Browsers know no Kazakh ones and would write them as in English: Russian ones of Kazakhstan look the same, with a
 * comma and a space. Plural forms come along with them; Kazakh messages choose by none. */
const NUMBERS: Record<Language, string> = { kk: 'ru-KZ', ru: 'ru-KZ', en: 'en-GB' }
/** Where the choice made before signing in is remembered. */
const REMEMBERED = 'jeli.language'

/** Says the words of a message; `t` says them in the person's language. */
export type Words = (id: string, args?: Record<string, FluentVariable>) => string

export function isLanguage(value: unknown): value is Language {
  return LANGUAGES.some((language) => language === value)
}

export function bundleOf(language: Language, ...sources: string[]): FluentBundle {
  // Only what needs it is isolated, and by us: marks around every name would travel into copied text and screen readers.
  const bundle = new FluentBundle(NUMBERS[language], { useIsolating: false })
  for (const source of sources) bundle.addResource(new FluentResource(source))
  return bundle
}

function say(bundle: FluentBundle | undefined, id: string, args?: Record<string, FluentVariable>): string {
  const message = bundle?.getMessage(id)
  // A missing message shows its name: ugly on purpose, and tests/locales.test.ts makes it impossible.
  return bundle && message?.value ? bundle.formatPattern(message.value, args && keptApart(args), []) : id
}

function keptApart(args: Record<string, FluentVariable>): Record<string, FluentVariable> {
  return Object.fromEntries(Object.entries(args).map(([name, value]) => [name, typeof value === 'string' ? isolated(value) : value]))
}

export class Locale {
  language = $state<Language>('kk')
  #bundle = $state.raw<FluentBundle | undefined>()
  /** Whether the words of the rooms are wanted too: from the first room on, in whatever language is chosen then. */
  #rooms = false

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
    let bundle: FluentBundle
    // The first room may be opened while the words are on their way.
    do bundle = await load(language, this.#rooms)
    while (this.#rooms && !complete.has(bundle))
    this.#bundle = bundle
    this.language = language
    document.documentElement.lang = language
    localStorage.setItem(REMEMBERED, language)
  }

  /** Resolves once the words of the rooms are here. */
  async rooms(): Promise<void> {
    this.#rooms = true
    const bundle = this.#bundle
    if (!bundle || complete.has(bundle)) return
    const { default: source } = await ROOMS[this.language]()
    if (!complete.has(bundle)) bundle.addResource(new FluentResource(source))
    complete.add(bundle)
    // Another language may have been chosen meanwhile.
    if (this.#bundle !== bundle) await this.rooms()
  }

  /** The words of another language, for what is written in a document of that language. */
  async wordsIn(language: Language): Promise<Words> {
    const bundle = await load(language, true)
    return (id, args) => say(bundle, id, args)
  }

  has(id: string): boolean {
    return this.#bundle?.hasMessage(id) ?? false
  }

  format(id: string, args?: Record<string, FluentVariable>): string {
    return say(this.#bundle, id, args)
  }
}

/** Bundles that have the words of the rooms. */
const complete = new WeakSet<FluentBundle>()

async function load(language: Language, rooms: boolean): Promise<FluentBundle> {
  const sources = await Promise.all([FIRST[language](), ...(rooms ? [ROOMS[language]()] : [])])
  const bundle = bundleOf(language, ...sources.map((source) => source.default))
  if (rooms) complete.add(bundle)
  return bundle
}

export const locale = new Locale()

/** The words of message `id` in the person's language. */
export const t: Words = (id, args) => locale.format(id, args)
