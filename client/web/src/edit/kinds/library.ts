// The library: guides and materials with their words in three languages.
import type { Language } from '../../data/types'
import type { Id } from '../order'
import { said, type Common, type Scalar } from './common'

export const CATEGORIES = ['guide', 'form', 'lesson', 'research', 'rules', 'other'] as const
export type Category = (typeof CATEGORIES)[number]

/** The languages that a material has words in, as the page offers them. */
export const WRITTEN_IN = ['kk', 'ru', 'en'] as const satisfies readonly Language[]
/** What a material has in each language. */
export type Told = 'title' | 'about'

export interface Material extends Record<`${Told}_${Language}`, string> {
  order: Scalar
  category: Scalar
  source: string
  link: Scalar
}

export interface Library extends Common {
  about: string
  materials: Record<Id, Material>
}

/** A material as a document or its plain form has it: a foreign program may have left out any of it. */
export type SomeMaterial = { readonly [Field in keyof Material]?: unknown }

export function toldIn(material: SomeMaterial, what: Told, language: Language): string {
  return said(material[`${what}_${language}`]).trim()
}

/** In which language it is shown to whoever reads `wanted`: in theirs, if it has words there, else in the first that has. */
export function shownIn(material: SomeMaterial, what: Told, wanted: Language): Language {
  return [wanted, ...WRITTEN_IN].find((language) => toldIn(material, what, language) !== '') ?? wanted
}

/** Its words as they are shown to whoever reads `wanted`. */
export function toldTo(material: SomeMaterial, what: Told, wanted: Language): string {
  return toldIn(material, what, shownIn(material, what, wanted))
}

/** The languages that it says anything in. */
export function languagesOf(material: SomeMaterial): Language[] {
  return WRITTEN_IN.filter((language) => toldIn(material, 'title', language) !== '' || toldIn(material, 'about', language) !== '')
}
