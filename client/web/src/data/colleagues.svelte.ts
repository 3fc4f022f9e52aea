// The names of the school's people, for fields that name who is responsible. Asked once, when first wanted.
import { api } from './api'
import type { Named } from './types'

class Colleagues {
  names = $state.raw<readonly Named[]>([])
  #asked = false

  /** Without an answer the field takes free words, as it does anyway. */
  want(): void {
    if (this.#asked) return
    this.#asked = true
    api.peopleNames().then(
      (names) => (this.names = names),
      () => (this.#asked = false),
    )
  }
}

export const colleagues = new Colleagues()
