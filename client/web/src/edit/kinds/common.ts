// What documents of every kind have (docs/documents.md). Scalars arrive as ImmutableString; text objects as strings.
import type { ImmutableString } from '@automerge/automerge/slim'

export type Scalar = ImmutableString | string

export interface Common {
  kind: Scalar
  schema: number
  title: string
  language: Scalar
  /** A pattern for new documents; lists show it apart. */
  template?: boolean
}

/** A copy given to a wider circle. */
export interface Shared {
  order: Scalar
  part: Scalar
  document: Scalar
  on: Scalar
  signed: string
  consent: string
}

/** A scalar or text as a string; anything else (a foreign program's mistake) as the empty string. */
export function said(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'object' && value !== null && 'val' in value) return String(value.val)
  return ''
}

/** One of a closed list; a word this page does not know falls to the first. */
export function oneOf<T extends string>(list: readonly T[], value: unknown): T {
  const word = said(value)
  return list.find((each) => each === word) ?? (list[0] as T)
}
