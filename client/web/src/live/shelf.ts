// The documents this tab holds. Bounded: a document costs its whole history in memory.
import { session } from '../data/session.svelte'
import type { Common } from '../edit/kinds'
import { confirmed } from './confirmed.svelte'
import { LiveDocument } from './document.svelte'

/** A plan and the meetings around it; older ones are let go once the node has confirmed every word. */
const HELD_DOCUMENTS = 4

const held = new Map<string, LiveDocument<Common>>()
const inUse = new Map<string, number>()
/** Two parts of a page may ask for one document at once; it is opened once, under one actor. */
const opening = new Map<string, Promise<unknown>>()

/** A document for a screen; `signal` gives up waiting when the person leaves. */
export async function take<T extends Common>(id: string, signal: AbortSignal): Promise<LiveDocument<T>> {
  let document = held.get(id)
  if (!document) {
    const earlier = opening.get(id)
    if (earlier) {
      await earlier.catch(() => undefined)
      return take(id, signal)
    }
    document = new LiveDocument<Common>(id)
    const open = document.open(signal)
    opening.set(id, open)
    try {
      await open
    } finally {
      opening.delete(id)
    }
  } else void document.refreshInfo()
  // Re-inserting makes this the most recently used.
  held.delete(id)
  held.set(id, document)
  inUse.set(id, (inUse.get(id) ?? 0) + 1)
  return document as unknown as LiveDocument<T>
}

export function giveBack(id: string): void {
  inUse.set(id, Math.max(0, (inUse.get(id) ?? 0) - 1))
  for (const [old, document] of held) {
    if (held.size <= HELD_DOCUMENTS) return
    if (document.unsaved || (inUse.get(old) ?? 0) > 0) continue
    held.delete(old)
    inUse.delete(old)
    document.close()
  }
}

export function heldDocument(id: string): LiveDocument<Common> | undefined {
  return held.get(id)
}

export function anyUnsaved(): boolean {
  return [...held.values()].some((document) => document.unsaved)
}

session.unsaved = anyUnsaved
session.confirmed = (withinMs) => confirmed({ get unsaved() { return anyUnsaved() } }, withinMs)
session.unsavedIn = (id) => held.get(id)?.unsaved ?? false
session.stranded = () => [...held.values()].some((document) => document.saved === 'held' && document.kept !== 'device')
session.heldHere = () => [...held.values()].some((document) => document.saved === 'held' && document.kept === 'device')

// The browser asks "leave the page?" exactly while there are words that only this tab has.
window.addEventListener('beforeunload', (event) => {
  if (![...held.values()].some((document) => document.onlyInTab)) return
  event.preventDefault()
  // Browsers of before 2023, the last ones for Windows 7 among them, know only this.
  event.returnValue = true
})
