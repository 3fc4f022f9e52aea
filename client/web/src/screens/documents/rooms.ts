// Which kinds of documents stand in which room, and what each is made of there.
import type { DocumentInfo, Kind, Space } from '../../data/types'
import { isPersonal } from '../../edit/kinds'
import type { Room } from '../../route'

/** The kinds that one makes in a room, the most usual first. */
export const KINDS_OF: Record<Room, readonly Kind[]> = {
  plans: ['plan'],
  meetings: ['meeting', 'year'],
  projects: ['notebook', 'portfolio'],
  talk: ['feedback', 'thread'],
  documents: ['plan', 'meeting', 'year', 'notebook', 'portfolio', 'feedback', 'thread'],
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
} as const satisfies Record<Kind, string>

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
