// Words typed on several lines as paragraphs of a rich text.
import { updateSpans, type Doc, type Span } from '@automerge/automerge/slim'
import type { Common } from '../../edit/kinds'
import { blank } from '../../edit/kinds/shape'
import { newId, type Id, type Placed } from '../../edit/order'
import { addItem, word } from '../../edit/paths'
import type { LiveDocument } from '../../live/document.svelte'
import { richAdapter } from '../../rich/schema'

/** Letters typed at once: some ten pages. */
export const WRITTEN_LETTERS = 20_000

const PARAGRAPH: Span = { type: 'block', value: { type: word('paragraph'), parents: [], attrs: {}, isEmbed: false } }

export function paragraphs(words: string): Span[] {
  const lines = words.split('\n').map((line) => line.trim()).filter((line) => line !== '')
  return lines.flatMap((value): Span[] => [PARAGRAPH, { type: 'text', value }])
}

/** Adds an item behind all others, with what was typed as its rich text `text`. One change, so that nobody sees it empty. */
export function addWritten(live: LiveDocument<Common>, collection: string, given: Record<string, unknown>, words: string, shown: Placed<unknown>[]): Id {
  const id = newId()
  const item = blank(live.info.kind, collection, given)
  live.change((draft) => {
    addItem(draft, [collection], id, item, shown, shown.length)
    updateSpans(draft as Doc<unknown>, [collection, id, 'text'], paragraphs(words), richAdapter.updateSpansConfig())
  })
  return id
}
