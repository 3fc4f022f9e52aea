// What must stay at home when a part is shared, as far as the page knows it.
import type { DocumentInfo, Me, Space } from '../../data/types'
import { isAddress, targetOf } from '../../edit/linked'
import { namesIn } from './names'
import { readable } from './sharing'

/** By these a person is known at their school. */
export function ownNames({ person }: Me): string[] {
  return [person.name, person.login]
}

/** The ids of all documents of the school's own space: none of them means anything to another school. */
export function secretsOf(documents: readonly DocumentInfo[], spaces: readonly Space[]): string[] {
  const own = new Set(spaces.filter((space) => space.private).map(({ id }) => id))
  return documents.filter(({ space }) => own.has(space)).map(({ id }) => id)
}

/** Whether a link of a piece of evidence may go along: to what its readers can read, or out into the web without the author's name. */
export function mayGo(link: string, space: string, documents: readonly DocumentInfo[], names: readonly string[]): boolean {
  if (isAddress(link)) return namesIn(readable(link), names).length === 0
  const { document } = targetOf(link)
  return documents.some(({ id, space: theirs }) => id === document && theirs === space)
}
