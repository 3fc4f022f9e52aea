// The files that whoever is at this page did not send to the end: those of this tab from before it was loaded anew, and those of tabs that are gone.
import { ApiError, api } from '../../data/api'
import { browserKeeping } from '../../data/copies'
import { session } from '../../data/session.svelte'
import type { SentPart } from '../../files/sum'
import { UnfinishedFiles, type Unfinished } from '../../files/unfinished'
import { newId } from '../../edit/order'

const TAB = 'jeli.tab'

/** The same after a reload, and no other tab's. A tab in which nothing was sent has no name yet. */
function tabKnown(): string | undefined {
  try {
    return sessionStorage.getItem(TAB) ?? undefined
  } catch {
    return undefined
  }
}

function nameTab(): string {
  const name = newId()
  try {
    sessionStorage.setItem(TAB, name)
  } catch {
    // After a reload it is taken for another tab.
  }
  return name
}

class Here {
  /** Those that are not under way in this tab. */
  list = $state.raw<readonly Unfinished[]>([])
  #tab = tabKnown()
  readonly #going = new Set<string>()

  get tab(): string {
    return (this.#tab ??= nameTab())
  }

  get #kept(): UnfinishedFiles {
    // Who has signed out leaves nothing behind.
    const person = session.me?.person.id
    return person === undefined ? new UnfinishedFiles(undefined, '') : new UnfinishedFiles(browserKeeping(), person)
  }

  look(): void {
    this.list = this.#kept.all(this.#tab ?? '', Date.now()).filter(({ upload }) => !this.#going.has(upload))
  }

  /** From now on it is under way here. */
  note(file: Omit<Unfinished, 'tab' | 'seen'>): void {
    this.#going.add(file.upload)
    this.#kept.note({ ...file, tab: this.tab, seen: Date.now() })
    this.look()
  }

  moves(upload: string, sent?: SentPart): void {
    this.#kept.moves(upload, Date.now(), sent)
  }

  /** It is whole, or nobody wants it any more. */
  forget(upload: string): void {
    this.#going.delete(upload)
    this.#kept.forget(upload)
    this.look()
  }

  /** Bytes that the node has of it; none where that is not known. What the node has no more is forgotten. */
  async came(upload: string): Promise<number | undefined> {
    try {
      return (await api.upload(upload)).offset
    } catch (error) {
      if (error instanceof ApiError && error.code === 'unknown_upload') this.forget(upload)
      return undefined
    }
  }

  /** Throws it away, here and at the node. */
  async drop(upload: string): Promise<void> {
    await api.endUpload(upload).catch((error: unknown) => {
      if (!(error instanceof ApiError) || error.code !== 'unknown_upload') throw error
    })
    this.forget(upload)
  }
}

export const unfinished = new Here()
