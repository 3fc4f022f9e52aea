// The automerge-repo protocol, version 1, as a tab speaks it with its node: CBOR messages on one WebSocket.
// Source: `packages/automerge-repo-network-websocket/README.md` of automerge-repo; the node's side is `node/src/browser/wire.rs`.
import { decode, encode } from 'cborg'

const VERSION = '1'

/** A word that passes between tabs and is kept nowhere: the `count`-th of its sender's `sessionId`. */
export interface Passing {
  senderId: string
  sessionId: string
  count: number
  /** CBOR. */
  data: Uint8Array
}

export type FromNode =
  | { type: 'peer'; senderId: string }
  | { type: 'sync'; documentId: string; data: Uint8Array }
  | { type: 'doc-unavailable'; documentId: string }
  | ({ type: 'ephemeral'; documentId: string } & Passing)

/** A `request` asks for a document that this tab has not got; a `sync` goes on about one that it has. */
export type ToNode =
  | { type: 'join'; senderId: string }
  | { type: 'request' | 'sync'; senderId: string; targetId: string; documentId: string; data: Uint8Array }
  | ({ type: 'ephemeral'; targetId: string; documentId: string } & Passing)

export function pack(message: ToNode): Uint8Array<ArrayBuffer> {
  // Of one's own making: no other thread shares it.
  return <Uint8Array<ArrayBuffer>>encode(message.type === 'join' ? { ...message, peerMetadata: { isEphemeral: true }, supportedProtocolVersions: [VERSION] } : message)
}

/** Nothing where it is of no use to a tab: of a later version, or not of this protocol at all. */
export function unpack(bytes: Uint8Array): FromNode | undefined {
  const said = opened(bytes) as Partial<Record<keyof Passing | 'type' | 'documentId', unknown>> | undefined
  if (typeof said !== 'object' || said === null) return undefined
  const { type, documentId, senderId, sessionId, count, data } = said
  if (type === 'peer' && typeof senderId === 'string') return { type, senderId }
  if (typeof documentId !== 'string') return undefined
  if (type === 'doc-unavailable') return { type, documentId }
  if (!(data instanceof Uint8Array)) return undefined
  if (type === 'sync' || type === 'request') return { type: 'sync', documentId, data }
  if (type !== 'ephemeral' || typeof senderId !== 'string' || typeof sessionId !== 'string' || typeof count !== 'number') return undefined
  return { type, documentId, senderId, sessionId, count, data }
}

/** What a tab says to the others, as bytes and back. */
export const packWord = (word: unknown): Uint8Array => encode(word)
export const unpackWord = (data: Uint8Array): unknown => opened(data)

function opened(bytes: Uint8Array): unknown {
  try {
    return decode(bytes)
  } catch {
    return undefined
  }
}
