// Printing of the plan: all of it, also what is folded on the screen, or one part alone.
import { flushSync } from 'svelte'

class Printing {
  /** While the browser takes its picture for paper. */
  on = $state(false)

  /** Listens for the browser's own printing; returns how to stop. */
  listen(): () => void {
    const before = () => flushSync(() => (this.on = true))
    const after = () => (this.on = false)
    window.addEventListener('beforeprint', before)
    window.addEventListener('afterprint', after)
    return () => {
      window.removeEventListener('beforeprint', before)
      window.removeEventListener('afterprint', after)
      after()
    }
  }

  /** One part of the page on paper, and nothing around it (base.css). */
  alone(part: HTMLElement): void {
    const above: HTMLElement[] = []
    for (let each = part.parentElement; each; each = each.parentElement) above.push(each)
    const mark = (marked: boolean) => {
      part.classList.toggle('print-part', marked)
      for (const each of above) each.classList.toggle('print-path', marked)
    }
    mark(true)
    window.addEventListener('afterprint', () => mark(false), { once: true })
    window.print()
  }
}

export const printing = new Printing()
