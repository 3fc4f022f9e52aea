// A personal document becomes its person's with their first choice in it, where the node has not written their name in already.
import { api } from '../../data/api'
import { session } from '../../data/session.svelte'
import type { DocumentWatch } from '../../data/status.svelte'
import { isPersonal, personKey, said, type Common } from '../../edit/kinds'
import { setWord } from '../../edit/paths'
import type { LiveDocument } from '../../live/document.svelte'

export async function makeOwn(live: LiveDocument<Common & { person: unknown }>, watch: DocumentWatch): Promise<void> {
  const { doc, info } = live
  if (!isPersonal(info.kind) || said(doc.person) !== '' || !session.me) return
  const me = personKey(session.me.school.id, session.me.person.id)
  const isPrivate = watch.status?.readers.space.private ?? (await api.spaces()).find(({ id }) => id === info.space)?.private
  if (isPrivate) live.change((draft) => setWord(draft, ['person'], me))
}
