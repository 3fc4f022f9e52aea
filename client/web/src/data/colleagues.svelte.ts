// The names of the school's people, for fields that name who is responsible. Asked once, when first wanted.
import { api } from './api'
import { session } from './session.svelte'
import type { Named } from './types'

class Colleagues {
  names = $state.raw<readonly Named[]>([])
  #asked = false

  /** Without an answer the field takes free words, as it does anyway; so it does for a guest, who is not told the names. */
  want(): void {
    if (this.#asked || session.me?.guest) return
    this.#asked = true
    api.peopleNames().then(
      (names) => (this.names = names),
      () => (this.#asked = false),
    )
  }
}

export const colleagues = new Colleagues()
