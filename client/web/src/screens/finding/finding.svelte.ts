// The command list: opened by Ctrl+K, by the rail, and on a phone by "more".

/** `all`: one types what one looks for; `rooms`: one looks at the rooms first, without a keyboard in the way; `new`: only what can be made. */
export type Finding = 'all' | 'rooms' | 'new'

class Finder {
  wanted = $state<Finding | undefined>()

  begin(wanted: Finding): void {
    this.wanted = wanted
  }

  end(): void {
    this.wanted = undefined
  }
}

export const finding = new Finder()

/** By place: on a Cyrillic keyboard the key bears another letter. */
export function isFindingKey(event: KeyboardEvent): boolean {
  return event.code === 'KeyK' && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey
}
