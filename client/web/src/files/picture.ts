// An image as its container tells of it, undecoded. Each format has a reader that walks the container once: what it says of the size, and which
// parts are needed to show the image, are then of one reading.
import { PARTS_LIMIT } from './limits'

/** In pixels. */
export interface Size {
  width: number
  height: number
}

/** `not_understood`: well-formed as far as it goes, but with something that this reader does not know. */
export type Unread = 'damaged' | 'not_understood'

export interface Picture {
  state: 'whole' | Unread
  /** As displayed. A damaged image may have it all the same: its decoder would allocate so much. */
  size: Size | undefined
  frames: 'one' | 'several'
  /** What shows the image, in order and without metadata: mostly views into its bytes. Complete only in the state `whole`. */
  parts: readonly Uint8Array[]
}

/** What a reader gathers on its way. */
export class Gathered {
  readonly parts: Uint8Array[] = []
  size: Size | undefined
  frames = 0
  #seen = 0

  /** Whether there may be one more part. */
  next(): boolean {
    this.#seen += 1
    return this.#seen <= PARTS_LIMIT
  }

  keep(part: Uint8Array): void {
    this.parts.push(part)
  }

  /** An image without pixels, or of which no pixel has come, is damaged. */
  end(state: Picture['state']): Picture {
    const size = this.size && this.size.width > 0 && this.size.height > 0 ? this.size : undefined
    const whole = state === 'whole' && (size === undefined || this.frames === 0) ? 'damaged' : state
    return { state: whole, size, frames: this.frames > 1 ? 'several' : 'one', parts: this.parts }
  }
}
