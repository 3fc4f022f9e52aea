// A quiet mark in a rich text where something is said about its words.
import type { Span } from '@automerge/automerge/slim'
import { amSpliceIdxToPmIdx, pmRangeToAmRange } from '@automerge/prosemirror/dist/traversal.js'
import { Plugin, PluginKey } from 'prosemirror-state'
import { Decoration, DecorationSet, type EditorView } from 'prosemirror-view'
import { richAdapter } from './schema'

export interface Marked {
  id: string
  is: 'remark' | 'suggestion' | 'composing'
  chosen: boolean
  /** Letters of the text, as Automerge counts them. */
  start: number
  end: number
}

const key = new PluginKey<DecorationSet>('marked')

export function marking(): Plugin {
  return new Plugin<DecorationSet>({
    key,
    state: {
      init: () => DecorationSet.empty,
      apply: (tr, set) => {
        const given: unknown = tr.getMeta(key)
        return given instanceof DecorationSet ? given : set.map(tr.mapping, tr.doc)
      },
    },
    props: { decorations: (state) => key.getState(state) },
  })
}

export function showMarks(view: EditorView, spans: Span[], all: readonly Marked[]): void {
  const size = view.state.doc.content.size
  const marks = all.flatMap(({ id, is, chosen, start, end }) => {
    const from = amSpliceIdxToPmIdx(richAdapter, spans, start)
    const to = amSpliceIdxToPmIdx(richAdapter, spans, end)
    if (from === null || to === null || from >= to || to > size) return []
    return [Decoration.inline(from, to, { class: `marked ${is}${chosen ? ' chosen' : ''}`, 'data-remark': id })]
  })
  view.dispatch(view.state.tr.setMeta(key, DecorationSet.create(view.state.doc, marks)).setMeta('addToHistory', false))
}

/** The letters of a chosen range of the page, as Automerge counts them. Asked of the page: an editor that one may only read follows no selection. */
export function lettersIn(view: EditorView, spans: Span[], range: Range): { start: number; end: number } | undefined {
  try {
    const from = view.posAtDOM(range.startContainer, range.startOffset)
    const to = view.posAtDOM(range.endContainer, range.endOffset)
    return from < to ? (pmRangeToAmRange(richAdapter, spans, { from, to }) ?? undefined) : undefined
  } catch {
    // The choice reaches beyond this text.
    return undefined
  }
}

/** The editors of this page by the element that shows their field. */
export const editors = new WeakMap<Element, EditorView>()
