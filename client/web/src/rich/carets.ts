// The carets of others in a rich text, and where one's own is told to stand. Places travel as Automerge cursors, which keep their letter
// whatever is written before them.
import * as A from '@automerge/automerge/slim'
import type { Prop } from '@automerge/automerge/slim'
import type { SchemaAdapter } from '@automerge/prosemirror'
import { amSpliceIdxToPmIdx, pmRangeToAmRange } from '@automerge/prosemirror/dist/traversal.js'
import { Plugin, PluginKey, type EditorState } from 'prosemirror-state'
import { Decoration, DecorationSet, type EditorView } from 'prosemirror-view'
import { markOf, type Other } from '../live/others.svelte'

/** Automerge cursors; equal where nothing is chosen. */
export interface Range {
  from: string
  to: string
}

const key = new PluginKey<DecorationSet>('carets')

export function carets(): Plugin {
  return new Plugin<DecorationSet>({
    key,
    state: {
      init: () => DecorationSet.empty,
      apply: (tr, shown) => (tr.getMeta(key) as DecorationSet | undefined) ?? shown.map(tr.mapping, tr.doc),
    },
    props: { decorations: (state) => key.getState(state) },
  })
}

/** Where the caret or the selection of `state` stands; undefined where Automerge has no name for it. */
export function spotOf(adapter: SchemaAdapter, doc: A.Doc<unknown>, path: Prop[], { selection }: EditorState): Range | undefined {
  try {
    const range = pmRangeToAmRange(adapter, A.spans(doc, path), selection)
    if (!range) return undefined
    const from = A.getCursor(doc, path, range.start)
    return { from, to: range.end === range.start ? from : A.getCursor(doc, path, range.end) }
  } catch {
    return undefined
  }
}

function caretOf({ name, school }: Other): HTMLElement {
  const caret = document.createElement('span')
  caret.className = `caret mark-${markOf(school)}`
  // Drawn by the stylesheet: the name is no part of the text, neither for whoever searches in it nor for whoever has it read out.
  caret.dataset['name'] = name
  return caret
}

function drawn(place: (cursor: string) => number | undefined, other: Other): Decoration[] {
  const [from, to] = [place(other.from), place(other.to)]
  if (from === undefined || to === undefined) return []
  const all = [Decoration.widget(to, () => caretOf(other), { key: `${other.tab} ${other.name}`, side: 1, ignoreSelection: true })]
  if (from < to) all.push(Decoration.inline(from, to, { class: `chosen mark-${markOf(other.school)}` }))
  return all
}

/** Draws where others stand. A cursor that leads nowhere here, since its letter has not come yet or never was, is not drawn. */
export function showOthers(adapter: SchemaAdapter, view: EditorView, doc: A.Doc<unknown>, path: Prop[], others: readonly Other[]): void {
  const now = key.getState(view.state)
  if (others.length === 0 && (now === undefined || now === DecorationSet.empty || now.find().length === 0)) return
  const spans = A.spans(doc, path)
  const size = view.state.doc.content.size
  const place = (cursor: string): number | undefined => {
    try {
      const at = amSpliceIdxToPmIdx(adapter, spans, A.getCursorPosition(doc, path, cursor))
      return at === null ? undefined : Math.min(at, size)
    } catch {
      return undefined
    }
  }
  const all = others.flatMap((other) => drawn(place, other))
  view.dispatch(view.state.tr.setMeta(key, DecorationSet.create(view.state.doc, all)).setMeta('addToHistory', false))
}
