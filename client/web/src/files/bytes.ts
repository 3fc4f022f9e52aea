// Bytes as the formats of files need them: signatures, four-letter names, parts put together.

/** Reads past the end throw: whoever reads has asked for the length first. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** One letter a byte; fewer letters at the end of the bytes. */
export function lettersAt(bytes: Uint8Array, at: number, count: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + count))
}

export function bytesOf(letters: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(letters, (letter) => letter.charCodeAt(0))
}

/** `letters` with a code up to 0xff each. */
export function holdsAt(bytes: Uint8Array, at: number, letters: string): boolean {
  return lettersAt(bytes, at, letters.length) === letters
}

export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
