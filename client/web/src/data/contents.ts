// Documents in their plain form, for what is quoted from them. Asked for once a page, however many quote them.
import { api } from './api'
import type { PlainDocument } from './types'

/** Long enough for a page to draw all that it quotes; short enough that who comes back reads what stands there now. */
const HELD_MS = 10_000

const asked = new Map<string, Promise<PlainDocument>>()

export function contentOf(document: string): Promise<PlainDocument> {
  const known = asked.get(document)
  if (known) return known
  const answer = api.content(document)
  asked.set(document, answer)
  const forget = () => {
    if (asked.get(document) === answer) asked.delete(document)
  }
  setTimeout(forget, HELD_MS)
  answer.catch(forget)
  return answer
}
