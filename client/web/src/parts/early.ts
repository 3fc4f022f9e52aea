// Letters typed between the key that opens a dialog and the field in it.

/** Keeps them for the field: without it they would go into the page behind, where nobody looks. */
export class EarlyLetters {
  #typed: string[] | undefined

  /** The dialog has been asked for. */
  wait(): void {
    this.#typed = []
  }

  /** A key that went down in the page. Whoever types with a composing keyboard, or asks for something else, is left alone. */
  keep(event: KeyboardEvent): void {
    if (this.#typed === undefined || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return
    if ([...event.key].length === 1) this.#typed.push(event.key)
    else if (event.key === 'Backspace') this.#typed.pop()
    else if (event.key !== 'Enter') return
    // Enter too: it would press what stands behind.
    event.preventDefault()
    event.stopPropagation()
  }

  /** What the field begins with; from here on the keys are its own. */
  take(): string {
    const typed = this.#typed?.join('') ?? ''
    this.#typed = undefined
    return typed
  }
}
