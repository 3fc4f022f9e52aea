// A question about files comes up where nobody may be looking: on a phone below the screen, or while somebody reads another document.
import { untrack } from 'svelte'
import type { Attachment } from 'svelte/attachments'
import { TYPED_IN } from '../../place'
import type { Adding } from './onitsway.svelte'

const MARK = 'data-question'

/** Brings it into view with the focus on it, once for the files that it is about. Whoever writes keeps the focus, and so does another question;
 * `ontell` is for them, since a screen reader says only what is focused. */
export function asks(about: () => readonly Adding[], ontell: () => void): Attachment<HTMLElement> {
  return (question) => {
    const fresh = untrack(about).filter(({ asked }) => !asked)
    question.setAttribute(MARK, '')
    if (fresh.length === 0) return
    for (const adding of fresh) adding.asked = true
    const focused = document.activeElement
    if (focused?.closest(`[${MARK}]`)) return ontell()
    question.scrollIntoView({ block: 'nearest' })
    if (focused?.matches(TYPED_IN)) return ontell()
    question.focus({ preventScroll: true })
  }
}
