// What a person writes for themselves first: the notebook of steps and the portfolio.
import type { Id } from '../order'
import type { Kind } from '../../data/types'
import { said, type Common, type Scalar, type Shared } from './common'

export const PATTERNS = ['project', 'coaching', 'enquiry', 'self_review', 'own'] as const
export type Pattern = (typeof PATTERNS)[number]
export const CRITERIA = ['knows', 'applies', 'reflects'] as const
export type Criterion = (typeof CRITERIA)[number]

export interface NotebookStep {
  order: Scalar
  guide: Scalar
  title: string
  text: string
  done: boolean
}
export interface JournalEntry {
  order: Scalar
  step: Scalar
  date: Scalar
  text: string
}
export interface Evidence {
  order: Scalar
  step: Scalar
  title: string
  note: string
  link: Scalar
}
export interface Observation {
  order: Scalar
  step: Scalar
  date: Scalar
  criterion: string
  seen: string
  question: string
}
export interface Notebook extends Common {
  pattern: Scalar
  /** `<school>/<person>`: the only one who reads it in the school's own space. */
  person: Scalar
  author: string
  focus: string
  partners: string
  from: Scalar
  to: Scalar
  guidance_off: boolean
  steps: Record<Id, NotebookStep>
  entries: Record<Id, JournalEntry>
  evidence: Record<Id, Evidence>
  observations: Record<Id, Observation>
  closing: string
  shared: Record<Id, Shared>
}

export interface Piece {
  order: Scalar
  criterion: Scalar
  title: string
  date: Scalar
  why: string
  link: Scalar
}
export interface Portfolio extends Common {
  person: Scalar
  author: string
  about: string
  pieces: Record<Id, Piece>
}

/** Kinds that in the school's own space are read by one person alone, a template among them too. */
const PERSONAL: readonly Kind[] = ['notebook', 'portfolio']

export function isPersonal(kind: Kind): boolean {
  return PERSONAL.includes(kind)
}

/** How a document names a person. */
export function personKey(school: string, person: string): string {
  return `${school}/${person}`
}

/** Whether a document is the copy of a part of somebody's notebook: signed, and nobody's own. It is written from what it is a copy of. */
export function isCopy(kind: Kind, doc: unknown): boolean {
  const { person, author, template } = (doc ?? {}) as { person?: unknown; author?: unknown; template?: unknown }
  return isPersonal(kind) && template !== true && said(person) === '' && said(author).trim() !== ''
}

/** Whom a personal document names as the only one who reads it at its school; empty where everybody there does. */
export function onlyReader(kind: Kind, doc: unknown): string {
  return isPersonal(kind) ? said((doc as { person?: unknown } | undefined)?.person) : ''
}
