// Writes into a document that was just made what it begins with.
import { asNew, copyInto } from '../../edit/copying'
import type { Common } from '../../edit/kinds'
import type { LiveDocument } from '../../live/document.svelte'
import { giveBack, take } from '../../live/shelf'
import { locale } from '../../locale/locale.svelte'
import type { Beginning } from '../documents/beginning'

export async function begin(live: LiveDocument<Common>, beginning: Beginning, signal: AbortSignal): Promise<void> {
  if (beginning.from === 'template') {
    const say = await locale.wordsIn(beginning.language)
    live.change((draft) => beginning.template.apply(draft as never, say))
    return
  }
  const source = await take<Common>(beginning.document, signal)
  try {
    if (live.writable) copyInto(live.handle, source.doc, asNew(live.info.kind))
  } finally {
    giveBack(source.id)
  }
}
