// People at copies of one document, whose changes come to the others late, in a time that the test counts.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import * as A from '@automerge/automerge/slim'
import type { Change, TextHandle } from '../src/rich/sync'

export const PATH = ['text']

export async function loadAutomerge(): Promise<void> {
  await A.initializeWasm(readFileSync(createRequire(import.meta.url).resolve('@automerge/automerge/automerge.wasm')))
}

export class Copy implements TextHandle {
  #doc: A.Doc<unknown>
  readonly #listeners = new Set<(change: Change) => void>()

  constructor(doc: A.Doc<unknown>) {
    this.#doc = doc
  }

  static of(text: string): Copy {
    return new Copy(A.from({ text } as never, { actor: '00' }))
  }

  /** For another person; who has the greater `actor` comes first where two write at once. */
  another(actor: string): Copy {
    return new Copy(A.clone(this.#doc, { actor }))
  }

  doc = () => this.#doc
  change = (edit: (draft: object) => void) => this.#step((doc) => A.change(doc, (draft) => edit(draft as object)))
  on = (_: 'change', listener: (change: Change) => void) => void this.#listeners.add(listener)
  off = (_: 'change', listener: (change: Change) => void) => void this.#listeners.delete(listener)

  since(heads: A.Heads): Uint8Array[] {
    return A.getChangesSince(this.#doc, heads)
  }

  take(changes: Uint8Array[]): void {
    this.#step((doc) => A.applyChanges(doc, changes)[0])
  }

  #step(make: (doc: A.Doc<unknown>) => A.Doc<unknown>): void {
    const before = this.#doc
    this.#doc = make(before)
    const [from, to] = [A.getHeads(before), A.getHeads(this.#doc)]
    if (from.join() === to.join()) return
    const change = { doc: this.#doc, patches: A.diff(this.#doc, from, to), patchInfo: { before } }
    for (const listener of this.#listeners) listener(change)
  }
}

export interface Person {
  copy: Copy
  phrase: string
  /** One letter put in where the caret stands. */
  type: (letter: string) => void
}

/** Both type a letter a tick; what one has written is at the other's `delay` ticks later. */
export function typeTogether(people: readonly [Person, Person], delay: number): void {
  const under: { due: number; to: Copy; changes: Uint8Array[] }[] = []
  const letters = people.map(({ phrase }) => [...phrase])
  const end = Math.max(...letters.map(({ length }) => length)) + delay
  for (let tick = 0; tick <= end; tick += 1) {
    for (const { to, changes } of under.filter(({ due }) => due === tick)) to.take(changes)
    people.forEach(({ copy, type }, who) => {
      const letter = letters[who]?.[tick]
      const other = people[1 - who]
      if (letter === undefined || !other) return
      const heads = A.getHeads(copy.doc())
      type(letter)
      under.push({ due: tick + Math.max(1, delay), to: other.copy, changes: copy.since(heads) })
    })
  }
}

export const PHRASES = [
  ['бірінші ой осы', 'екінші пікір басқа'],
  // Letters that the two have in common are told apart by the document only.
  ['ааабба', 'аабааб'],
  ['аааааа', 'аабаав'],
] as const
/** In ticks of one letter each; the last is longer than every phrase. */
export const DELAYS = [0, 1, 2, 3, 5, 8, 40]

/** What two phrases begun behind `before` may become. */
export function inOrder(before: string, one: string, other: string): string[] {
  return [`${before}${one}${other}`, `${before}${other}${one}`]
}
