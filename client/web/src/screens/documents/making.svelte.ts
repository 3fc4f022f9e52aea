// The dialog for a new document opens from many places: rooms, home, the command list.
import type { Kind } from '../../data/types'

class Making {
  wanted = $state.raw<{ kind: Kind; template: string | undefined } | undefined>()

  /** `template`: a document of the school's own to begin from. */
  begin(kind: Kind, template?: string): void {
    this.wanted = { kind, template }
  }

  end(): void {
    this.wanted = undefined
  }
}

export const making = new Making()
