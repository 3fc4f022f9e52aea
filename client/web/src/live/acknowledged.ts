// What of this tab's writing the node has confirmed. The node answers only what is durable (invariant 1), so its heads in
// the sync protocol are its receipt.
import * as A from '@automerge/automerge/slim'

/** How many changes by `actor` are not in the history that `nodeHeads` close off. Heads we have not got ourselves are
 * skipped: that counts too many as unconfirmed for a moment, never too few. */
export function unconfirmed(doc: A.Doc<unknown>, actor: string, nodeHeads: readonly string[]): number {
  const known = nodeHeads.filter((head) => A.hasHeads(doc, [head]))
  return A.getChangesMetaSince(doc, known).filter((change) => change.actor === actor).length
}

/** The same document, written from now on by `actor`. */
export function withActor<T>(doc: A.Doc<T>, actor: string): A.Doc<T> {
  return A.clone(doc, { actor })
}

/** The words that this copy has beyond what `nodeHeads` close off, as typed. */
export function wordsBeyond(doc: A.Doc<unknown>, nodeHeads: readonly string[]): string {
  const known = nodeHeads.filter((head) => A.hasHeads(doc, [head]))
  return A.diff(doc, known, A.getHeads(doc))
    .map((patch) => (patch.action === 'splice' ? patch.value : ''))
    .join('')
    .trim()
}
