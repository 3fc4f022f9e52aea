// What other documents say, as plain JSON: for a page that quotes a few words of them beside its own without opening them.
import { api } from './api'
import { listing } from './listing.svelte'
import type { DocumentInfo } from './types'

/** As many as one page shows words of at once: the plans and meetings of a year. */
const HELD_CONTENTS = 48

interface Held {
  /** What the list said of the document when its content was asked for. */
  mark: string
  content: unknown
}

class Contents {
  #held = $state.raw<ReadonlyMap<string, Held>>(new Map())
  readonly #asked = new Map<string, string>()

  /** What a document says, as far as it has been asked for. A foreign program may have left out any of it. */
  of<T>(id: string): Partial<T> | undefined {
    const content = this.#held.get(id)?.content
    return typeof content === 'object' && content !== null ? content : undefined
  }

  /** Whether the question for a document has had its answer, be it that it cannot be read. */
  settled(id: string): boolean {
    return this.#held.has(id)
  }

  /** Asks for what these documents say, and again for those that have changed since. In an effect: the list is followed. */
  want(ids: Iterable<string>): void {
    const listed = new Map((listing.documents ?? []).map((each) => [each.id, each]))
    for (const id of new Set(ids)) {
      const info = listed.get(id)
      if (!info || info.state === 'coming') continue
      const mark = markOf(info)
      if (this.#asked.get(id) === mark) continue
      this.#asked.set(id, mark)
      void this.#ask(id, mark)
    }
  }

  async #ask(id: string, mark: string): Promise<void> {
    const content = await api.content(id).then(
      (answer) => answer.content,
      () => this.#held.get(id)?.content ?? null,
    )
    // Two questions may be answered in another order than they were asked.
    if (this.#asked.get(id) !== mark) return
    const held = new Map(this.#held)
    held.delete(id)
    held.set(id, { mark, content })
    for (const oldest of held.keys()) {
      if (held.size <= HELD_CONTENTS) break
      held.delete(oldest)
      this.#asked.delete(oldest)
    }
    this.#held = held
  }
}

/** The time counts seconds: what is written within one is told by how much of it waits. */
function markOf({ changed_at, waiting, reached }: DocumentInfo): string {
  return `${changed_at}/${waiting}/${reached}`
}

export const contents = new Contents()
