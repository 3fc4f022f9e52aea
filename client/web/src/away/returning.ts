// When the node answers again: words that an earlier tab left on this device go to it, also those of documents that nobody has open; and for
// who keeps documents on this device, what changed lately is fetched.
import * as A from '@automerge/automerge/slim'
import { clock } from '../data/clock.svelte'
import { events } from '../data/events.svelte'
import { listing } from '../data/listing.svelte'
import type { DocumentInfo } from '../data/types'
import { confirmed } from '../live/confirmed.svelte'
import { line } from '../live/line.svelte'
import { giveBack, heldDocument, take } from '../live/shelf'
import { keepCopy } from './copies'
import { askWhoReads } from './copykeeper'
import { keeping, type Waiting } from './keeping.svelte'
import { FETCHED_AGE_MS, FETCHED_LIMIT, FETCH_PAUSE_MS, SEND_WITHIN_MS } from './limits'
import { returned } from './returned.svelte'
import type { KeptDocument } from './store'
import { actorsHere } from './unsent'

let running = false
/** How often the node had been lost when words were sent last. */
let lossesBefore = 0

export function startReturning(): void {
  events.onOpen(() => void comeBack())
  keeping.onChosen = () => void comeBack()
  void comeBack()
}

async function comeBack(): Promise<void> {
  if (running || events.lost) return
  running = true
  try {
    await sendWaiting()
    if (keeping.on) await fetchRecent()
  } finally {
    running = false
  }
}

/** Words that come back: an earlier tab left them, or the node was lost since. What this tab writes just now is on its way in any case. */
export function comingBack(waiting: readonly Waiting[], here: ReadonlySet<string>, node: 'lost' | 'there'): Waiting[] {
  return waiting.filter(({ actors }) => node === 'lost' || actors.some((actor) => !here.has(actor)))
}

async function sendWaiting(): Promise<void> {
  const waiting = await keeping.waiting()
  const back = comingBack(waiting, actorsHere, events.losses === lossesBefore ? 'there' : 'lost')
  lossesBefore = events.losses
  for (const { document } of waiting) await send(document).catch(() => undefined)
  if (back.length === 0) return
  const still = new Set((await keeping.waiting()).map(({ document }) => document))
  returned.count = back.filter(({ document }) => !still.has(document)).length
}

/** A document takes its words with it when it is opened. */
async function send(id: string): Promise<void> {
  const live = await take(id, AbortSignal.timeout(SEND_WITHIN_MS))
  await confirmed(live, SEND_WITHIN_MS)
  giveBack(id)
}

/** Which of the documents are worth fetching: plans and meetings that changed since this device last saw them, the latest first. */
export function worthFetching(documents: readonly DocumentInfo[], kept: readonly KeptDocument[], now: number): string[] {
  const asOf = new Map(kept.map(({ id, at }) => [id, at]))
  return documents
    .filter(({ state, kind }) => state === 'here' && (kind === 'plan' || kind === 'meeting'))
    .filter(({ changed_at }) => changed_at !== null && now - changed_at < FETCHED_AGE_MS)
    .sort((a, b) => (b.changed_at ?? 0) - (a.changed_at ?? 0))
    .slice(0, FETCHED_LIMIT)
    .filter(({ id, changed_at }) => (asOf.get(id) ?? 0) < (changed_at ?? 0))
    .map(({ id }) => id)
}

/** Also those that were kept before: what others have written since is wanted away as well. */
async function fetchRecent(): Promise<void> {
  const { store } = keeping
  if (listing.documents === undefined) await listing.refresh()
  if (!store || listing.documents === undefined) return
  const kept = await store.all('documents').catch(() => [])
  for (const id of worthFetching(listing.documents, kept, clock.now())) {
    await new Promise((resolve) => setTimeout(resolve, FETCH_PAUSE_MS))
    if (events.lost || !keeping.on) return
    const live = heldDocument(id)
    if (live) await live.keepCopy()
    else if ((await fetchOne(id, kept.find((each) => each.id === id)?.opened ?? 0).catch(() => 'unavailable')) === 'full') break
  }
  await keeping.look()
}

async function fetchOne(id: string, opened: number): Promise<'kept' | 'full' | 'other'> {
  const { store } = keeping
  await line.whenConnected(AbortSignal.timeout(SEND_WITHIN_MS))
  // Somebody opens it now.
  if (line.holds(id)) return 'other'
  const handle = await line.find(id, undefined, AbortSignal.timeout(SEND_WITHIN_MS))
  if (!handle) return 'other'
  const doc = handle.doc()
  const heads = A.getHeads(doc)
  await askWhoReads(id)
  const outcome = store && (await keepCopy(store, { id, at: clock.now(), opened, heads, nodeHeads: heads, bytes: A.save(doc) }))
  line.letGo(handle)
  keeping.full = outcome === 'full'
  return outcome === 'kept' || outcome === 'full' ? outcome : 'other'
}
