// Names that are offered behind an "@": people of our school, who is here, and who has written here.
import { api } from '../data/api'
import { session } from '../data/session.svelte'

class OwnPeople {
  names = $state.raw<{ id: string; name: string }[]>([])
  #asked: string | undefined

  /** Asked once for each who signs in. A node that does not tell names offers those who wrote here. */
  ask(): void {
    const who = session.me?.person.id
    if (who === undefined || who === this.#asked) return
    this.#asked = who
    api.peopleNames().then(
      (names) => (this.names = names),
      () => undefined,
    )
  }
}

export const ownPeople = new OwnPeople()

/** Offered at once; more than these nobody reads through. */
const OFFERED = 6

/** What is being written behind an "@" right before the caret. */
export function mentionBefore(words: string): string | undefined {
  return /(?:^|[\s(«"])@([^@\n]{0,40})$/u.exec(words)?.[1]
}

export function offered(names: Iterable<string>, begun: string): string[] {
  const wanted = begun.toLocaleLowerCase()
  const all = [...new Set([...names].map((name) => name.trim()))].filter((name) => name !== '')
  return all.filter((name) => ` ${name.toLocaleLowerCase()}`.includes(` ${wanted}`) && name.toLocaleLowerCase() !== wanted.trim()).slice(0, OFFERED)
}
