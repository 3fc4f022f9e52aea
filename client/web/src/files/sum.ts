// By which the part of a file that was sent is known again. Against chance, not against malice: it is one's own file.

/** So much of a content from its beginning, and its sum. */
export interface SentPart {
  bytes: number
  sum: string
}

export class Sum {
  bytes = 0
  #one = 0x811c9dc5
  #other = 0x9e3779b9

  add(bytes: Uint8Array): void {
    let [one, other] = [this.#one, this.#other]
    for (const byte of bytes) {
      one = Math.imul(one ^ byte, 0x01000193)
      other = Math.imul(other + byte, 0x85ebca6b) ^ (other >>> 15)
    }
    ;[this.#one, this.#other] = [one, other]
    this.bytes += bytes.length
  }

  get part(): SentPart {
    return { bytes: this.bytes, sum: `${(this.#one >>> 0).toString(16)}${(this.#other >>> 0).toString(16).padStart(8, '0')}` }
  }
}
