// What of this tab's writing the node has confirmed. The node answers only what is durable (invariant 1), so its heads in
// the sync protocol are its receipt; `away/unsent` counts by them.
import * as A from '@automerge/automerge/slim'

/** The words that this copy has beyond what `nodeHeads` close off, as typed. */
export function wordsBeyond(doc: A.Doc<unknown>, nodeHeads: readonly string[]): string {
  const known = nodeHeads.filter((head) => A.hasHeads(doc, [head]))
  return A.diff(doc, known, A.getHeads(doc))
    .map((patch) => (patch.action === 'splice' ? patch.value : ''))
    .join('')
    .trim()
}
