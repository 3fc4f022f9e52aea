// What the list says of other meetings without opening them.
import type { DocumentInfo } from '../../data/types'

interface Told {
  facts?: { previous?: string; date?: string } | null
}

export const previousOf = (info: DocumentInfo & Told): string => info.facts?.previous ?? ''
export const dateOf = (info: DocumentInfo & Told): string => info.facts?.date ?? ''
