// What is long comes onto the page bit by bit, whenever the browser has nothing else to do: the first words are there sooner, a key pressed
// meanwhile is heard, and the browser's search in the page finds everything in the end.

/** The longest that a bit waits for an idle moment. */
const WITHIN_MS = 500

export class Gradually {
  /** How many of them are on the page by now. */
  count = $state(1)

  /** Made while a component is: it counts up to `of()` as long as that lives. */
  constructor(of: () => number) {
    $effect(() => {
      if (this.count < of()) return whenIdle(() => (this.count += 1))
    })
  }

  /** All of them now. */
  all(): void {
    this.count = Infinity
  }
}

function whenIdle(then: () => void): () => void {
  if (!('requestIdleCallback' in window)) {
    const timer = setTimeout(then)
    return () => clearTimeout(timer)
  }
  const idle = requestIdleCallback(then, { timeout: WITHIN_MS })
  return () => cancelIdleCallback(idle)
}
