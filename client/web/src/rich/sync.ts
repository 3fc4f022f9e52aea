// ProseMirror and Automerge kept equal. The mapping between the two is @automerge/prosemirror's; the plugin that drives it is
// ours, because the package's own stops listening for good when one translation fails, and then a person types into nothing.
// Here a translation is a proposal: what counts is that the editor shows what the document holds, checked after every step.
import * as A from '@automerge/automerge/slim'
import type { Prop } from '@automerge/automerge/slim'
import { pmDocFromSpans, pmNodeToSpans, type SchemaAdapter } from '@automerge/prosemirror'
import { patchesToTr } from '@automerge/prosemirror/dist/patchesToTr.js'
import pmToAm from '@automerge/prosemirror/dist/pmToAm.js'
import type { Node } from 'prosemirror-model'
import { Plugin, Selection, TextSelection, type EditorState, type Transaction } from 'prosemirror-state'
import type { EditorView } from 'prosemirror-view'
import type { Splice } from '../edit/splice'
import { Drift } from '../edit/drift'
import { betweenPortions } from '../edit/portions'
import { portionsTo, tooMuchAtOnce } from './portions'

export interface Change {
  doc: A.Doc<unknown>
  patches: A.Patch[]
  patchInfo: { before: A.Doc<unknown> }
}

/** The part of a document handle that an editor needs. */
export interface TextHandle {
  doc: () => A.Doc<unknown>
  change: (edit: (draft: object) => void) => void
  on: (event: 'change', listener: (change: Change) => void) => void
  off: (event: 'change', listener: (change: Change) => void) => void
}

/** Marks transactions that only bring the editor to what the document holds already. */
const FROM_DOCUMENT = 'from-document'

export function shown(adapter: SchemaAdapter, handle: TextHandle, path: Prop[]): Node {
  return pmDocFromSpans(adapter, A.spans(handle.doc(), path))
}

/** The smallest replacement that makes the document of `tr` `want`; undefined where it is already and `tr` did nothing. */
function towards(tr: Transaction, want: Node): Transaction | undefined {
  const start = tr.doc.content.findDiffStart(want.content)
  const ends = tr.doc.content.findDiffEnd(want.content)
  if (start === null || ends === null) return tr.docChanged ? tr.setMeta(FROM_DOCUMENT, true) : undefined
  const overlap = Math.max(0, start - Math.min(ends.a, ends.b))
  try {
    tr.replace(start, ends.a + overlap, want.slice(start, ends.b + overlap))
  } catch {
    // What it did not do, the next line does.
  }
  if (!tr.doc.eq(want)) tr.replaceWith(0, tr.doc.content.size, want.content)
  return tr.setMeta(FROM_DOCUMENT, true)
}

/** Blocks that one step of others may turn into another kind before the rest is replaced as a whole. */
const BLOCKS_TURNED = 16

/** Blocks that only became of another kind, or were given their marker, turned where they stand: replaced, they would throw out the caret
 * that stands in their words. */
function turned(tr: Transaction, want: Node): Transaction {
  for (let left = BLOCKS_TURNED; left > 0; left -= 1) {
    const at = tr.doc.content.findDiffStart(want.content)
    if (at === null) return tr
    const [is, wanted] = [tr.doc.nodeAt(at), want.nodeAt(at)]
    if (!is || !wanted || is.isLeaf || is.sameMarkup(wanted)) return tr
    if (is.type !== wanted.type && !(is.isTextblock && wanted.isTextblock)) return tr
    try {
      tr.setNodeMarkup(at, wanted.type, wanted.attrs, wanted.marks)
    } catch {
      return tr
    }
  }
  return tr
}

/** The caret, or what is chosen, after what others did. Their words at its very edge stay outside: a caret stays right behind the letter
 * that its person typed last. Pushed along, it would put the next letter behind theirs, and two phrases begun at one place would be
 * woven together letter by letter. */
function besideTheirs(tr: Transaction, { selection }: EditorState): Selection {
  if (!(selection instanceof TextSelection)) return tr.selection
  const to = tr.mapping.map(selection.to, -1)
  const from = Math.min(to, tr.mapping.map(selection.from, selection.empty ? -1 : 1))
  const [anchor, head] = selection.anchor <= selection.head ? [from, to] : [to, from]
  return TextSelection.between(tr.doc.resolve(anchor), tr.doc.resolve(head))
}

/** Where only attributes changed, every place is where it was: the caret stays. */
function keepSelection(tr: Transaction, state: EditorState): Transaction {
  if (tr.doc.content.size !== state.doc.content.size) return tr
  try {
    return tr.setSelection(Selection.fromJSON(tr.doc, state.selection.toJSON()))
  } catch {
    return tr
  }
}

/** What the patches say, which know which of two equal letters is the new one; undefined where it is not what the document holds, or where
 * it would replace the words around the caret. */
function asPatched(adapter: SchemaAdapter, path: Prop[], state: EditorState, change: Change, want: Node): Transaction | undefined {
  try {
    const tr = patchesToTr({ adapter, path, before: change.patchInfo.before, after: change.doc, patches: change.patches, state })
    const { from, to } = state.selection
    const torn = [from, to].some((place) => tr.mapping.mapResult(place).deletedAcross)
    return tr.doc.eq(want) && !torn ? tr.setMeta(FROM_DOCUMENT, true) : undefined
  } catch {
    return undefined
  }
}

function theirs(adapter: SchemaAdapter, path: Prop[], state: EditorState, change: Change, want: Node): Transaction | undefined {
  const tr = asPatched(adapter, path, state, change, want) ?? towards(turned(state.tr, want), want)
  // A mark chosen for the next letter stays chosen.
  return tr?.setSelection(besideTheirs(tr, state)).setStoredMarks(state.storedMarks)
}

/** What others put into the text at `path`, or took out of it. */
function splicesAt(path: Prop[], patches: readonly A.Patch[]): Splice[] {
  return patches.flatMap((patch): Splice[] => {
    const at = patch.path[path.length]
    if (patch.path.length !== path.length + 1 || typeof at !== 'number') return []
    if (patch.action === 'splice') return [{ at, remove: 0, insert: patch.value }]
    if (patch.action === 'insert') return [{ at, remove: 0, insert: '\ufffc'.repeat(patch.values.length) }]
    return patch.action === 'del' ? [{ at, remove: patch.length ?? 1, insert: '' }] : []
  })
}

/** How far a text that takes many changes has come, and how it ended. `halted`: only some of the changes are in the document. */
export type LongWriting = (progress: { done: number; of: number } | 'whole' | 'halted') => void

export function textSync(adapter: SchemaAdapter, handle: TextHandle, path: Prop[], onLong: LongWriting = () => {}): Plugin {
  let writing = false
  /** While a long text is written, the editor is ahead of the document. */
  let long: Drift | undefined
  let view: EditorView | undefined

  /** A change at a time: the first at once, and between the others the page lives on. */
  async function writeLong(want: Node): Promise<void> {
    const drift = (long = new Drift())
    let end: 'whole' | 'halted' = 'halted'
    try {
      let before = A.getHeads(handle.doc()).join()
      for (const [done, of] of portionsTo(adapter, handle, path, pmNodeToSpans(adapter, want), drift)) {
        // Whoever may no longer write changes nothing, without a fault.
        if (A.getHeads(handle.doc()).join() === before) return
        if (done === of) break
        onLong({ done, of })
        writing = false
        await betweenPortions()
        writing = true
        before = A.getHeads(handle.doc()).join()
      }
      end = 'whole'
    } catch {
      // The person is told; what had come so far stands in the document.
    } finally {
      writing = false
      long = undefined
      showDocument()
      onLong(end)
    }
  }

  function showDocument(): void {
    if (!view || view.isDestroyed) return
    const tr = towards(view.state.tr, shown(adapter, handle, path))
    if (tr?.docChanged) view.dispatch(keepSelection(tr, view.state).setMeta('addToHistory', false))
  }

  function write(transactions: readonly Transaction[], result: Node): void {
    writing = true
    try {
      if (tooMuchAtOnce(transactions)) {
        void writeLong(result)
        return
      }
      handle.change((draft) => {
        for (const tr of transactions) {
          const before = tr.docs[0]
          if (before) pmToAm(adapter, A.spans(draft as A.Doc<unknown>, path), tr.steps, draft, before, path)
        }
      })
    } catch {
      // A failed change is rolled back whole; Automerge then compares the texts itself.
      handle.change((draft) => A.updateSpans(draft as A.Doc<unknown>, path, pmNodeToSpans(adapter, result), adapter.updateSpansConfig()))
    } finally {
      writing = false
    }
  }

  return new Plugin({
    view: (here) => {
      view = here
      const onChange = (change: Change) => {
        if (writing) return
        if (long) return splicesAt(path, change.patches).forEach((splice) => long?.theirs(splice))
        const tr = theirs(adapter, path, here.state, change, shown(adapter, handle, path))
        if (tr?.docChanged) here.dispatch(tr.setMeta('addToHistory', false))
      }
      handle.on('change', onChange)
      return { destroy: () => handle.off('change', onChange) }
    },
    appendTransaction: (transactions, _old, state) => {
      const own = transactions.filter((tr) => tr.docChanged && tr.getMeta(FROM_DOCUMENT) !== true)
      if (own.length === 0 || long) return null
      write(own, state.doc)
      if (long) return null
      const tr = towards(state.tr, shown(adapter, handle, path))
      if (!tr) return null
      return keepSelection(tr, state).setStoredMarks(state.storedMarks)
    },
  })
}
