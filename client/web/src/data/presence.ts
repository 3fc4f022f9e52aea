// Who has a document open, as far as that is known.
import type { Outward } from './safety'
import type { Me, Present } from './types'

/** One entry a person: the same one at two tabs is one. With the line cut nothing is heard of other schools; without the node
 * only who sits at this tab is certain. */
export function whoIsHere(present: readonly Present[], me: Me | undefined, outward: Outward): Present[] {
  if (outward === 'unknown') return me ? [{ name: me.person.name, school: me.school, here: true }] : []
  const heard = outward === 'open' ? present : present.filter((person) => person.here)
  return [...new Map(heard.map((each) => [`${each.school.id}\n${each.name}`, each])).values()]
}
