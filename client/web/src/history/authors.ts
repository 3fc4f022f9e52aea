// Who stands behind the actors of a document. The node signs what school an actor is of; the person is named by the message on the actor's first
// change, which is that school's word.
import * as A from '@automerge/automerge/slim'
import type { Space } from '../data/types'
import { nameToTell } from '../live/others.svelte'
import { actorPrefix, prefixOf } from './prefix'

export interface Author {
  /** Empty where nobody said it. */
  name: string
  /** Undefined for an actor of no school that we know. */
  school: { id: string; name: string } | undefined
}

/** The schools by the beginnings of their nodes' actors. */
export function schoolsByPrefix(spaces: readonly Space[]): Map<string, { id: string; name: string }> {
  const all = new Map<string, { id: string; name: string }>()
  for (const { school, nodes, former } of spaces.flatMap(({ members }) => members))
    for (const { id } of [...nodes, ...(former ?? [])]) {
      const prefix = actorPrefix(id)
      if (prefix !== undefined) all.set(prefix, school)
    }
  return all
}

/** The names that actors gave themselves; read as far as the document has been looked at. */
export class Names {
  readonly #names = new Map<string, string>()
  #seen: A.Heads = []

  of(doc: A.Doc<unknown>, actor: string): string {
    const heads = A.getHeads(doc)
    if (heads.join() !== this.#seen.join()) {
      this.take(A.getChangesMetaSince(doc, this.#seen.filter((head) => A.hasHeads(doc, [head]))))
      this.#seen = heads
    }
    return this.#names.get(actor) ?? ''
  }

  /** The first message of an actor counts; it never gives itself another name. */
  take(changes: readonly { actor: string; message: string | null }[]): void {
    for (const { actor, message } of changes) if (message && !this.#names.has(actor)) this.#names.set(actor, nameToTell(message))
  }

  known(actor: string): string {
    return this.#names.get(actor) ?? ''
  }
}

export function authorOf(name: string, actor: string, schools: ReadonlyMap<string, { id: string; name: string }>): Author {
  const prefix = prefixOf(actor)
  return { name, school: prefix === undefined ? undefined : schools.get(prefix) }
}
