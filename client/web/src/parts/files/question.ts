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
    question.setAttribute(MARK, '')
    if (untrack(about).every(({ asked }) => asked)) return
    if (isSeen(question)) return comesUp(question, untrack(about), ontell)
    // In a part of the page that is hidden, as a step of a plan, nobody sees it: it comes up with that.
    ontell()
    const shown = new ResizeObserver(() => {
      if (!isSeen(question)) return
      shown.disconnect()
      comesUp(question, about(), ontell)
    })
    shown.observe(question)
    return () => shown.disconnect()
  }
}

/** Browsers of before 2022 cannot tell. */
const isSeen = (question: HTMLElement): boolean => !('checkVisibility' in question) || question.checkVisibility()

function comesUp(question: HTMLElement, about: readonly Adding[], ontell: () => void): void {
  for (const adding of about) adding.asked = true
  const focused = document.activeElement
  if (focused?.closest(`[${MARK}]`)) return ontell()
  question.scrollIntoView({ block: 'nearest' })
  if (focused?.matches(TYPED_IN)) return ontell()
  question.focus({ preventScroll: true })
}
