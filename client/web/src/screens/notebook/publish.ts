// The road of a copy: made in the chosen space, written under the chosen name, kept by the node, noted in the notebook.
import { ApiError, api } from '../../data/api'
import type { Language } from '../../data/types'
import { said, today, type Notebook } from '../../edit/kinds'
import { KEPT_WITHIN_MS, confirmed } from '../../live/confirmed.svelte'
import { isLanguage, locale } from '../../locale/locale.svelte'
import type { LiveDocument } from '../../live/document.svelte'
import { giveBack, take } from '../../live/shelf'
import { note, writeCopy, type Given } from './copying'
import { nothing, type Prepared } from './sharing'

function languageOf(notebook: Notebook): Language {
  const language = said(notebook.language)
  return isLanguage(language) ? language : locale.language
}

/** Makes the document of a copy; empty until it is written. */
export async function begin(notebook: Notebook, space: string, title: string): Promise<string> {
  const made = await api.createDocument({ space, kind: 'notebook', title, language: languageOf(notebook), write_rule: 'owner' })
  return made.id
}

/** Writes the copy and resolves once the node has kept it. Nothing is noted for a copy of which that is not known. */
export async function publish(live: LiveDocument<Notebook>, document: string, title: string, prepared: Prepared, consent: string): Promise<void> {
  await write(document, title, prepared)
  live.change((draft) => note(draft, document, prepared, today(), consent))
}

/** Empties a copy. What was delivered stays where it was delivered; the notebook goes on remembering it. */
export async function withdraw(live: LiveDocument<Notebook>, { document, signed }: Given): Promise<void> {
  const say = await locale.wordsIn(languageOf(live.doc))
  await write(document, say('notebook-withdrawn-title'), nothing(signed, said(live.doc.pattern)))
}

async function write(document: string, title: string, prepared: Prepared): Promise<void> {
  const copy = await take<Notebook>(document, AbortSignal.timeout(KEPT_WITHIN_MS))
  try {
    copy.signature = prepared.signature
    copy.publishing = true
    if (!copy.writable) throw new ApiError('not_allowed', 403)
    const handle = {
      doc: () => copy.handle.doc(),
      change: (edit: (draft: object) => void) => copy.change(edit),
      on: () => undefined,
      off: () => undefined,
    }
    writeCopy(handle, title, prepared)
    if (!(await confirmed(copy, KEPT_WITHIN_MS))) throw new ApiError('node_unreachable', 0)
  } finally {
    copy.publishing = false
    giveBack(document)
  }
}
