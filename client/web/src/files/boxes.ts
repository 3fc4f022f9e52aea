// Boxes of ISO 14496-12, of which films and the photos of phones are built: a length, a name of four letters, and what is within.
import { lettersAt, viewOf } from './bytes'

export interface Box {
  name: string
  at: number
  /** Its content's bounds. */
  from: number
  end: number
}

/** 32 bits of length, 64 where they are 1, or to `end` where they are 0. Nothing where it does not fit there. `bytes` need only hold its heading. */
export function boxAt(bytes: Uint8Array, at: number, end: number): Box | undefined {
  const view = viewOf(bytes)
  if (at + 8 > end) return undefined
  const short = view.getUint32(at)
  if (short === 1 && at + 16 > end) return undefined
  const from = at + (short === 1 ? 16 : 8)
  const length = short === 1 ? Number(view.getBigUint64(at + 8)) : short === 0 ? end - at : short
  return from <= at + length && at + length <= end ? { name: lettersAt(bytes, at + 4, 4), at, from, end: at + length } : undefined
}
