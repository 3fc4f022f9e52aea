// Opening a document: from the node; or, where the node does not answer, as this browser has kept it for a person who chose so.
import * as A from '@automerge/automerge/slim'
import { ApiError, api } from '../data/api'
import { events } from '../data/events.svelte'
import { session } from '../data/session.svelte'
import { remember } from '../data/status.svelte'
import type { DocumentInfo } from '../data/types'
import type { Handle } from '../live/handle'
import { line } from '../live/line.svelte'
import { freshActor } from './actor'
import { copyOf } from './copies'
import { keeping } from './keeping.svelte'
import type { Unsent } from './unsent'

export interface Opened<T> {
  handle: Handle<T>
  actor: string
  /** What the node had, as far as this browser knows. */
  nodeHeads: readonly string[]
}

/** A node that is known to be away is not waited for: it may take long to say nothing. */
const nodeIsAway = (): boolean => (session.asOf !== undefined || events.lost) && !line.connected
const isAway = (error: unknown): boolean => error instanceof ApiError && error.code === 'node_unreachable'

/** What is known of a document, from the node or from what is kept. */
export async function aboutDocument(id: string): Promise<DocumentInfo> {
  const isKept = async () => keeping.on && (await keeping.store?.get('documents', id).catch(() => undefined)) !== undefined
  const kept = async () => ((await isKept()) ? keeping.recallInfo(id) : undefined)
  const known = nodeIsAway() ? await kept() : undefined
  if (known) return known
  try {
    return await api.document(id)
  } catch (error) {
    if (!isAway(error) || !keeping.on) throw error
    const info = await kept()
    if (!info) throw new ApiError('not_kept', 0)
    return info
  }
}

/** The document with what the person wrote in it and the node has not confirmed, written from here on by an actor nobody has used. */
export async function openHandle<T>(id: string, unsent: Unsent, signal: AbortSignal): Promise<Opened<T>> {
  // A fresh actor for every opening: a copy that starts again from the node must not repeat (actor, seq) pairs that an
  // earlier copy of this tab may have used. Actor and seq count per document, so documents never share one.
  const fromNode = async () => {
    const [{ actor }] = await Promise.all([api.me(), line.whenConnected(signal)])
    const handle = await line.find<T>(id, actor, signal)
    if (!handle) throw new ApiError('document_unavailable', 404)
    return { handle, actor, nodeHeads: A.getHeads(handle.doc()) }
  }
  const known = nodeIsAway() ? await fromKept<T>(id) : undefined
  const opened = known ?? (await fromNode().catch(async (error: unknown) => {
    const kept = isAway(error) ? await fromKept<T>(id) : undefined
    if (!kept) throw error
    return kept
  }))
  opened.handle.update((doc) => unsent.bringBack(doc))
  return opened
}

async function fromKept<T>(id: string): Promise<Opened<T> | undefined> {
  const { store } = keeping
  if (!keeping.on || !store) return undefined
  const [copy, me, status] = await Promise.all([copyOf(store, id), keeping.recall('me'), keeping.recallStatus(id)])
  const actor = me && freshActor(me.value.actor)
  if (!copy || actor === undefined) return undefined
  await line.start()
  const handle = line.hold<T>(id, A.load<T>(copy.bytes, { actor }))
  if (status) remember(id, { status: status.value, asked: 0, at: status.at })
  return { handle, actor, nodeHeads: copy.nodeHeads }
}
