// The dialog for a new document opens from many places: rooms, home, the command list.
import { EarlyLetters } from '../../parts/early'
import type { Kind } from '../../data/types'
import { askFor } from '../talk/ask'
import { talkAbout } from '../talk/begin'

class Making {
  readonly early = new EarlyLetters()
  wanted = $state.raw<{ kind: Kind; template: string | undefined } | undefined>()

  /** `template`: a document of the school's own to begin from. */
  begin(kind: Kind, template?: string): void {
    // What people say to each other is begun with what is asked or said.
    if (kind === 'feedback' && template === undefined) askFor('')
    else if (kind === 'thread' && template === undefined) talkAbout('')
    else {
      this.early.wait()
      this.wanted = { kind, template }
    }
  }

  end(): void {
    this.early.take()
    this.wanted = undefined
  }
}

export const making = new Making()
