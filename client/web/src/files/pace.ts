// How fast something goes, by what went in the last seconds: a line of a village changes within a minute.

const WINDOW_MS = 10_000

export class Pace {
  #marks: { at: number; bytes: number }[] = []

  /** So many bytes had gone at that moment. */
  mark(bytes: number, at: number): void {
    this.#marks.push({ at, bytes })
    while ((this.#marks[1]?.at ?? at) < at - WINDOW_MS) this.#marks.shift()
  }

  /** Bytes a second, as it looks at this moment: it falls while nothing moves. 0 while nothing can be said. */
  rate(now: number): number {
    const [first, last] = [this.#marks[0], this.#marks.at(-1)]
    if (!first || !last || last.at <= first.at) return 0
    // Between two marks more than usual may pass; what is longer is a line that stands.
    const until = Math.max(last.at, now - (last.at - first.at) / Math.max(1, this.#marks.length - 1))
    return Math.max(0, ((last.bytes - first.bytes) * 1_000) / (until - first.at))
  }

  /** None while nothing can be said. */
  secondsLeft(total: number, now: number): number | undefined {
    const [last, rate] = [this.#marks.at(-1), this.rate(now)]
    return last && rate >= 1 ? Math.ceil((total - last.bytes) / rate) : undefined
  }

  /** Since when nothing moves. */
  get movedAt(): number | undefined {
    const last = this.#marks.at(-1)
    return this.#marks.find(({ bytes }) => bytes === last?.bytes)?.at
  }
}
