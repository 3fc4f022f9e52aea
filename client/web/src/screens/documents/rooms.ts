// Which kinds of documents stand in which room, and what each is made of there.
import type { DocumentInfo, Kind, Space } from '../../data/types'
import { isPersonal } from '../../edit/kinds'
import { parseDate } from '../../locale/dates'
import type { Room } from '../../route'

/** The kinds that one makes in a room, the most usual first. */
export const KINDS_OF: Record<Room, readonly Kind[]> = {
  plans: ['plan'],
  meetings: ['meeting', 'year'],
  projects: ['notebook', 'portfolio'],
  library: ['library'],
  talk: ['feedback', 'thread'],
  documents: ['plan', 'meeting', 'year', 'notebook', 'portfolio', 'library', 'feedback', 'thread'],
}

export const ICONS = {
  plan: 'plan',
  meeting: 'meeting',
  year: 'year',
  notebook: 'notebook',
  portfolio: 'portfolio',
  feedback: 'feedback',
  thread: 'thread',
  companion: 'thread',
  library: 'library',
} as const satisfies Record<Kind, string>

/** Meetings by their days: the nearest to come first, and apart what is over, the latest first. What has no day yet is still to come, behind
 * the year plans that lead to all of them. */
export function inTime(documents: readonly DocumentInfo[], today: string): { ahead: DocumentInfo[]; past: DocumentInfo[] } {
  const dayOf = ({ facts }: DocumentInfo): string => (parseDate(facts?.date ?? '') ? (facts?.date ?? '') : '')
  const timeOf = (document: DocumentInfo): string => `${dayOf(document)} ${document.facts?.time ?? ''}`
  const byTime = (a: DocumentInfo, b: DocumentInfo): number => (timeOf(a) < timeOf(b) ? -1 : timeOf(a) > timeOf(b) ? 1 : 0)
  const undated = documents.filter((document) => dayOf(document) === '')
  const dated = documents.filter((document) => dayOf(document) !== '').sort(byTime)
  return {
    ahead: [...undated.filter(({ kind }) => kind === 'year'), ...dated.filter((document) => dayOf(document) >= today), ...undated.filter(({ kind }) => kind !== 'year')],
    past: dated.filter((document) => dayOf(document) < today).reverse(),
  }
}

/** Where a document of a kind can be made: where one may not create, one is not asked. What is a person's own is made in their school's space
 * alone; others read copies of its parts. */
export function spacesFor(kind: Kind, spaces: readonly Space[]): Space[] {
  return spaces.filter((space) => space.role !== 'reader' && space.standing === 'member' && (space.private || !isPersonal(kind)))
}

/** A template of this school. What another school keeps as its own is here like any other document. */
export const isTemplate = ({ facts, owner }: DocumentInfo, school: string | undefined): boolean => facts?.template === true && owner.id === school

/** The newest first. A companion is part of the document that it is about and stands in no list. */
export function documentsOf(room: Room, documents: readonly DocumentInfo[]): DocumentInfo[] {
  return documents
    .filter(({ kind }) => KINDS_OF[room].includes(kind))
    .sort((a, b) => (b.changed_at ?? 0) - (a.changed_at ?? 0))
}
