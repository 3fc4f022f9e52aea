// The words of a language come in two loads: what the entrance, the frame, the home and the lists say comes before the first paint; what
// the rooms of documents say comes with the first of them, or when the browser has nothing else to do. A new .ftl file belongs to the
// second load, unless it is named among the first in the globs beside this file (a glob takes no variable: they are written out).
import type { Language } from '../../data/types'

type Source = () => Promise<{ default: string }>

export const FIRST: Record<Language, Source> = {
  kk: () => import('./kk'),
  ru: () => import('./ru'),
  en: () => import('./en'),
}

export const ROOMS: Record<Language, Source> = {
  kk: () => import('./kk.rooms'),
  ru: () => import('./ru.rooms'),
  en: () => import('./en.rooms'),
}
