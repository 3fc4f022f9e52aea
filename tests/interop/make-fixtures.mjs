// Writes what the official encoder makes of every message of the protocol, for the codec tests of the node:
//   node make-fixtures.mjs > ../../node/src/browser/fixtures.json
// The bytes are part of the tests; make them anew only with a new version of automerge-repo.
import { cbor } from "@automerge/automerge-repo/slim"
import { readFileSync } from "node:fs"

const repo = JSON.parse(readFileSync(new URL("node_modules/@automerge/automerge-repo/package.json", import.meta.url)))

const data = new Uint8Array([0x42, 0, 0, 0, 0, 2, 2, 0x80])
const document = "4NMNnkMhL8jXrdJ9jamS58PAVdXu"
const sync = { targetId: "node", data, documentId: document, senderId: "tab" }
const messages = {
  join: { type: "join", senderId: "tab", peerMetadata: { storageId: undefined, isEphemeral: true }, supportedProtocolVersions: ["1"] },
  join_with_storage: { type: "join", senderId: "tab", peerMetadata: { storageId: "a-storage", isEphemeral: false }, supportedProtocolVersions: ["0", "1"] },
  join_of_others: { type: "join", senderId: "tab", peerMetadata: {}, supportedProtocolVersions: ["2"] },
  join_unsaid: { type: "join", senderId: "tab" },
  leave: { type: "leave", senderId: "tab" },
  request: { type: "request", ...sync },
  sync: { type: "sync", ...sync },
  sync_large: { type: "sync", ...sync, data: new Uint8Array(70_000).fill(7) },
  unavailable: { type: "doc-unavailable", documentId: document, targetId: "node", senderId: "tab" },
  ephemeral: { type: "ephemeral", targetId: "node", documentId: document, data: new Uint8Array([0xa0]), count: 3, sessionId: "s", senderId: "tab" },
  ephemeral_large_count: { type: "ephemeral", targetId: "node", documentId: document, data: new Uint8Array([0xa0]), count: 2 ** 40, sessionId: "s", senderId: "tab" },
  error: { type: "error", senderId: "tab", message: "no", targetId: "node" },
  remote_subscription: { type: "remote-subscription-change", add: ["a-storage"], remove: undefined, targetId: "node", senderId: "tab" },
  remote_heads: {
    type: "remote-heads-changed", targetId: "node", documentId: document, senderId: "tab",
    newHeads: { "a-storage": { heads: ["x"], timestamp: 1_763_780_000_000 } },
  },
  later_version: { type: "something-new", senderId: "tab", what: { deep: [1, 2, { three: null }] } },
}
const encoded = Object.fromEntries(Object.entries(messages).map(([name, message]) => {
  // Runs of one byte are written short, so that the file stays small.
  const hex = Buffer.from(cbor.encode(message)).toString("hex")
  return [name, hex.replace(/(07){70000}/, "<07*70000>")]
}))
console.log(JSON.stringify({ encoder: `automerge-repo ${repo.version}`, messages: encoded }, null, 1))
