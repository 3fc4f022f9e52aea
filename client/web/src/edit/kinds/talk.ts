// What people say to each other: requests for feedback, threads, and what is said about a document.
import type { Id } from '../order'
import type { Common, Scalar } from './common'

export const SETTLED = ['open', 'accepted', 'declined'] as const
export type Settled = (typeof SETTLED)[number]

/** Who said something, and when by their clock. */
export interface Said {
  name: string
  school: string
  person: Scalar
  at_ms: number
}
export interface Asked {
  order: Scalar
  name: string
  school: Scalar
  person: Scalar
}
export interface Question {
  order: Scalar
  text: string
}
export interface FeedbackAnswer extends Said {
  order: Scalar
  question: Scalar
  text: string
}
export interface Feedback extends Common {
  about: Scalar
  asker: string
  school: string
  person: Scalar
  asked_ms: number
  by: Scalar
  closed: boolean
  words: string
  asked: Record<Id, Asked>
  questions: Record<Id, Question>
  answers: Record<Id, FeedbackAnswer>
}

export interface Post extends Said {
  order: Scalar
  answers: Scalar
  text: string
}
export interface Thread extends Common {
  about: Scalar
  closed: boolean
  posts: Record<Id, Post>
}

export interface Remark extends Said {
  order: Scalar
  /** The path of the field, joined by "/". */
  field: Scalar
  /** Automerge cursors in a text, or empty. */
  from: Scalar
  to: Scalar
  quote: string
  answers: Scalar
  text: string
  resolved: boolean
}
export interface Suggestion extends Said {
  order: Scalar
  field: Scalar
  from: Scalar
  to: Scalar
  quote: string
  instead: string
  why: string
  settled: Scalar
  settled_by: string
}
export interface Version {
  order: Scalar
  title: string
  /** Change hashes in hex, joined by " ". */
  heads: Scalar
  name: string
  school: string
  at_ms: number
  approved: boolean
  protocol: string
}
export interface Companion extends Common {
  about: Scalar
  remarks: Record<Id, Remark>
  suggestions: Record<Id, Suggestion>
  versions: Record<Id, Version>
}
