// Undo of what one has typed in one field. A browser's own forgets, or takes back the wrong letters, once the words of others were put into its
// field. Here what was typed is kept as splices that move along with what others write.
import { apply, rebase, type Splice } from './splice'

/** One turn of Ctrl+Z: splices that take back, to be applied in order. */
type Turn = Splice[]

/** More than anybody takes back in one field. */
const TURNS_LIMIT = 200
/** Letters typed within this time of each other are taken back together, a word at a time. */
const ONE_GO_MS = 1_000

export class CellUndo {
  #done: Turn[] = []
  #undone: Turn[] = []
  #lastAt = -Infinity
  /** Where the last typed letter ended, while more of them join it. */
  #end: number | undefined

  /** The person has written `edit` into `before`. */
  wrote(edit: Splice, before: string, now: number): void {
    const back = inverse(edit, before)
    const typed = edit.remove === 0 && edit.insert.length === 1
    const last = this.#done[this.#done.length - 1]
    const joins = typed && last !== undefined && this.#end === edit.at && now - this.#lastAt < ONE_GO_MS && !/\s/.test(edit.insert)
    this.#done = joins ? [...this.#done.slice(0, -1), [back, ...last]] : [...this.#done.slice(1 - TURNS_LIMIT), [back]]
    this.#undone = []
    this.#lastAt = now
    this.#end = edit.remove === 0 ? edit.at + edit.insert.length : undefined
  }

  /** Others have written `edit`. */
  theirs(edit: Splice): void {
    this.#end = undefined
    this.#done = along(this.#done, edit)
    this.#undone = along(this.#undone, edit)
  }

  /** The splices that take back the last turn, one after the other, on `words`; undefined where nothing is left to take back. */
  undo(words: string): Splice[] | undefined {
    return this.#turn(this.#done, this.#undone, words)
  }

  redo(words: string): Splice[] | undefined {
    return this.#turn(this.#undone, this.#done, words)
  }

  #turn(from: Turn[], to: Turn[], words: string): Splice[] | undefined {
    this.#end = undefined
    for (;;) {
      const turn = from.pop()?.filter(({ remove, insert }) => remove > 0 || insert !== '')
      if (!turn) return undefined
      // Others have removed what it put in.
      if (turn.length === 0) continue
      let here = words
      const back: Turn = []
      for (const splice of turn) {
        back.unshift(inverse(splice, here))
        here = apply(here, splice)
      }
      to.push(back)
      return turn
    }
  }
}

function inverse({ at, remove, insert }: Splice, before: string): Splice {
  return { at, remove: insert.length, insert: before.slice(at, at + remove) }
}

/** Each turn is meant for the words as the turns after it leave them, so what others wrote is carried back through those. */
function along(turns: Turn[], theirs: Splice): Turn[] {
  let edit = theirs
  const moved: Turn[] = []
  for (const turn of [...turns].reverse())
    moved.unshift(
      turn.map((splice) => {
        const mine = rebase(splice, edit)
        edit = rebase(edit, splice)
        return mine
      }),
    )
  return moved
}
