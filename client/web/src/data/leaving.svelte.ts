// Signing out from a page: under way, or why not.
import { keeping } from '../away/keeping.svelte'
import { ApiError } from './api'
import { session } from './session.svelte'

export class Leaving {
  busy = $state(false)
  #error = $state.raw<unknown>()

  /** A warning about words, or files, is withdrawn once the node has them. */
  get error(): unknown {
    const code = this.#error instanceof ApiError ? this.#error.code : undefined
    if (code === 'unsaved_words' && !session.unsaved()) return undefined
    if (code === 'unsent_files' && session.filesUnderWay() === 0) return undefined
    if (code === 'unsent_words' && keeping.unsent.size === 0) return undefined
    return this.#error
  }

  /** Without files that are on their way goes only who has read that there are some. */
  async leave(to?: string, files: 'wait' | 'forget' = 'wait'): Promise<void> {
    this.busy = true
    this.#error = undefined
    await session.signOut(to, files).catch((caught: unknown) => (this.#error = caught))
    this.busy = false
  }
}
