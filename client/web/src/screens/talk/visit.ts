// What a person has seen of a thread, remembered in this browser. It goes by the document's heads and not by times: what was written last week at a
// school without a line comes today, and is new.
import { hasHeads, view, getHeads, type Doc } from '@automerge/automerge/slim'
import { Copies, browserKeeping } from '../../data/copies'
import { session } from '../../data/session.svelte'
import type { Thread } from '../../edit/kinds'

export interface Visit {
  /** When it was, by this computer's clock. */
  at: number
  seen: ReadonlySet<string>
}

function visits(document: string): Copies {
  return new Copies(browserKeeping(), session.me?.person.id ?? '', `visit:${document}`)
}

/** The last visit; none for whoever comes for the first time, or has not been here for a month. */
export function lastVisit(document: string, doc: Thread): Visit | undefined {
  const [at, ...heads] = (visits(document).all(Date.now())[0] ?? '').split(' ')
  if (!at || heads.length === 0) return undefined
  try {
    if (!hasHeads(doc as Doc<Thread>, heads)) return undefined
    const then = view(doc as Doc<Thread>, heads)
    return { at: Number(at), seen: new Set(Object.keys(then.posts ?? {})) }
  } catch {
    return undefined
  }
}

export function rememberVisit(document: string, doc: Thread): void {
  const now = Date.now()
  visits(document).keep('heads', [now, ...getHeads(doc as Doc<Thread>)].join(' '), now)
}
