// The companions of a document among all that this school can see. Two that were made apart are shown as one.
import type { DocumentInfo, Me, Space } from '../data/types'
import { isCopy, onlyReader } from '../edit/kinds'
import type { Placed } from '../edit/order'

/** What is itself a talk is answered in itself, and has no versions of its own. */
const TALK: readonly string[] = ['feedback', 'thread', 'companion']

/** Whether there may be remarks and named versions beside a document. Not beside what one person alone reads: a companion is read by whoever
 * reads its space, and it quotes. */
export function isSpokenOf({ info, doc }: { info: DocumentInfo; doc: unknown }): boolean {
  return !TALK.includes(info.kind) && onlyReader(info.kind, doc) === ''
}

/** Whether this person may say something beside it; it takes no right to write in it. Who signed a copy with another name would be named by what
 * they say of it, so at the copy's own school nobody speaks there; a guest makes no documents. */
export function maySpeakOf({ info, doc }: { info: DocumentInfo; doc: unknown }, me: Me | undefined, space: Space | undefined): boolean {
  if (!me || me.guest || me.person.role === 'reader' || (isCopy(info.kind, doc) && info.owner.id === me.school.id)) return false
  return space === undefined || (space.standing === 'member' && space.role !== 'reader')
}

/** More than these nobody makes by chance: each school that was apart makes one. */
export const COMPANIONS_SHOWN = 12

/** The document that a companion is about. Its title says so too, for a node that tells no facts. */
function isCompanionOf(info: DocumentInfo, document: DocumentInfo): boolean {
  return info.kind === 'companion' && info.space === document.space && (info.facts?.about || info.title) === document.id
}

/** Only those of the document's own space: what is said in a school stays there. The smallest id first, which takes new words. */
export function companionsOf(documents: readonly DocumentInfo[], document: DocumentInfo): DocumentInfo[] {
  return documents
    .filter((each) => each.state === 'here' && isCompanionOf(each, document))
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .slice(0, COMPANIONS_SHOWN)
}

/** Lists of several companions as one. Each keeps its order; between two, what was said earlier comes first. */
export function asOne<T extends { at_ms: number }, P extends Placed<T>>(lists: readonly (readonly P[])[]): P[] {
  const rest = lists.filter((list) => list.length > 0).map((list) => [...list])
  const merged: P[] = []
  while (rest.length > 0) {
    const next = rest.reduce((first, list) => (when(list[0]) < when(first[0]) ? list : first))
    const item = next.shift()
    if (item) merged.push(item)
    if (next.length === 0) rest.splice(rest.indexOf(next), 1)
  }
  return merged
}

function when(placed: Placed<{ at_ms: number }> | undefined): number {
  return Number(placed?.item.at_ms) || 0
}
