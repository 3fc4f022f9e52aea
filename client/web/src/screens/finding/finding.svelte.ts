// The command list: opened by Ctrl+K, by the rail, and on a phone by "more".
import { EarlyLetters } from '../../parts/early'

/** `all`: one types what one looks for; `rooms`: one looks at the rooms first, without a keyboard in the way; `new`: only what can be made. */
export type Finding = 'all' | 'rooms' | 'new'

class Finder {
  readonly early = new EarlyLetters()
  wanted = $state<Finding | undefined>()

  begin(wanted: Finding): void {
    if (wanted === 'all' && !this.wanted) this.early.wait()
    this.wanted = wanted
  }

  end(): void {
    this.early.take()
    this.wanted = undefined
  }
}

export const finding = new Finder()

/** By place: on a Cyrillic keyboard the key bears another letter. */
export function isFindingKey(event: KeyboardEvent): boolean {
  return event.code === 'KeyK' && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey
}
