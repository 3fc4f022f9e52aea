// What documents of every kind have (docs/documents.md). Scalars arrive as ImmutableString; text objects as strings.
import type { ImmutableString } from '@automerge/automerge/slim'
import type { Id } from '../order'

export type Scalar = ImmutableString | string

export interface Common {
  kind: Scalar
  schema: number
  title: string
  language: Scalar
  /** A pattern for new documents; lists show it apart. */
  template?: boolean
  /** Absent in a document from before, until its node lets it grow. */
  files?: Record<Id, NamedFile>
}

/** A file that the document names; its content travels by itself. What it says of the content is what whoever added it said. */
export interface NamedFile {
  order: Scalar
  /** `<collection>/<item id>`, or empty. */
  at: Scalar
  name: string
  note: string
  hash: Scalar
  media_type: Scalar
  size: number
  thumbnail: Scalar
  width: number
  height: number
  by: string
  school: string
  person: Scalar
  at_ms: number
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
