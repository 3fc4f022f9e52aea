// ProseMirror and Automerge kept equal. The mapping between the two is @automerge/prosemirror's; the plugin that drives it is
// ours, because the package's own stops listening for good when one translation fails, and then a person types into nothing.
// Here a translation is a proposal: what counts is that the editor shows what the document holds, checked after every step.
import * as A from '@automerge/automerge/slim'
import type { Prop } from '@automerge/automerge/slim'
import { pmDocFromSpans, pmNodeToSpans, type SchemaAdapter } from '@automerge/prosemirror'
import { patchesToTr } from '@automerge/prosemirror/dist/patchesToTr.js'
import pmToAm from '@automerge/prosemirror/dist/pmToAm.js'
import type { Node } from 'prosemirror-model'
import { Plugin, Selection, type EditorState, type Transaction } from 'prosemirror-state'
import { tooMuchAtOnce, writeInPortions } from './portions'

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

/** The smallest replacement that makes `state` show `want`; undefined where it does already. */
export function towards(state: EditorState, want: Node): Transaction | undefined {
  const start = state.doc.content.findDiffStart(want.content)
  const ends = state.doc.content.findDiffEnd(want.content)
  if (start === null || ends === null) return undefined
  const overlap = Math.max(0, start - Math.min(ends.a, ends.b))
  let tr: Transaction | undefined
  try {
    tr = state.tr.replace(start, ends.a + overlap, want.slice(start, ends.b + overlap))
  } catch {
    tr = undefined
  }
  if (!tr?.doc.eq(want)) tr = state.tr.replaceWith(0, state.doc.content.size, want.content)
  return tr.setMeta(FROM_DOCUMENT, true)
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

function theirs(adapter: SchemaAdapter, path: Prop[], state: EditorState, change: Change, want: Node): Transaction | undefined {
  try {
    const tr = patchesToTr({ adapter, path, before: change.patchInfo.before, after: change.doc, patches: change.patches, state })
    // Kept where it is right: it moves the caret with the words around it.
    if (tr.doc.eq(want)) return tr.setMeta(FROM_DOCUMENT, true)
  } catch {
    // The plain difference below does not depend on the patches.
  }
  return towards(state, want)
}

export function textSync(adapter: SchemaAdapter, handle: TextHandle, path: Prop[]): Plugin {
  let writing = false

  function write(transactions: readonly Transaction[], result: Node): void {
    writing = true
    try {
      if (tooMuchAtOnce(transactions)) return writeInPortions(adapter, handle, path, pmNodeToSpans(adapter, result))
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
    view: (view) => {
      const onChange = (change: Change) => {
        if (writing) return
        const tr = theirs(adapter, path, view.state, change, shown(adapter, handle, path))
        if (tr?.docChanged) view.dispatch(tr.setMeta('addToHistory', false))
      }
      handle.on('change', onChange)
      return { destroy: () => handle.off('change', onChange) }
    },
    appendTransaction: (transactions, _old, state) => {
      const own = transactions.filter((tr) => tr.docChanged && tr.getMeta(FROM_DOCUMENT) !== true)
      if (own.length === 0) return null
      write(own, state.doc)
      const tr = towards(state, shown(adapter, handle, path))
      if (!tr) return null
      return keepSelection(tr, state).setStoredMarks(state.storedMarks)
    },
  })
}
