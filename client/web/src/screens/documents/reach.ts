// What a row says of how far a document has come. As on the line of safety, nothing is claimed for words that the node has not got.
import type { DocumentInfo } from '../../data/types'

export type Reach = 'coming' | 'unsent' | 'as_last_known' | 'some' | 'all'

/** Nothing of a document that stays at its school and waits for nothing. `unsent`: words in it are on this device alone. */
export function reachOf({ state, reached, of }: DocumentInfo, unsent: boolean, node: 'answers' | 'away'): Reach | undefined {
  if (unsent) return 'unsent'
  if (state === 'coming') return 'coming'
  if (of <= 1) return undefined
  if (node === 'away') return 'as_last_known'
  return reached < of ? 'some' : 'all'
}
