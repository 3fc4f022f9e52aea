// An event of the year plan becomes a meeting with an agenda of its own.
import type { DocumentInfo } from '../../data/types'
import { api } from '../../data/api'
import { said, type Meeting, type Year, type YearEvent } from '../../edit/kinds'
import type { Placed } from '../../edit/order'
import { setWord, writeText } from '../../edit/paths'
import { giveBack, take } from '../../live/shelf'
import type { LiveDocument } from '../../live/document.svelte'
import { isLanguage, locale } from '../../locale/locale.svelte'

/** Makes the meeting of an event of the year plan, in the same space, and names it there. Resolves to its id. */
export async function makeMeeting(live: LiveDocument<Year>, { id, item }: Placed<YearEvent>, inside: 'school' | 'network', signal: AbortSignal): Promise<string> {
  const written = said(live.doc.language)
  const made: DocumentInfo = await api.createDocument({
    space: live.info.space,
    kind: 'meeting',
    title: said(item.title).trim() || said(live.doc.title).trim(),
    language: isLanguage(written) ? written : locale.language,
    // A plan may be its school's alone; an agenda is everybody's.
    write_rule: inside === 'school' ? 'owner' : 'everyone',
  })
  live.change((draft) => setWord(draft, ['events', id, 'meeting'], made.id))
  const meeting = await take<Meeting>(made.id, signal)
  meeting.change((draft) => {
    for (const field of ['date', 'time', 'form'] as const) setWord(draft, [field], said(item[field]))
    for (const field of ['place', 'host'] as const) writeText(draft, [field], { at: 0, remove: 0, insert: said(item[field]) })
  })
  giveBack(made.id)
  return made.id
}
