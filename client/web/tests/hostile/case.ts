// What a hostile file is, and what must become of it.
import type { Cleaned } from '../../src/files/metadata'

export interface Hostile {
  /** The file's name in the folder. */
  name: string
  bytes: Uint8Array<ArrayBuffer>
  /** What may be said of it: by whom it is said depends on the kind of file. */
  outcome: Cleaned['outcome']
  /** The sample that it was made of, where nothing but what that one is cleaned to may be left. */
  base?: string
  /** An independent reader finds a place in it. */
  place?: 'found'
  /** Packed by zlib, each version of which packs in its own way. */
  packed?: true
  /** As its container says. */
  size?: readonly [width: number, height: number]
}
