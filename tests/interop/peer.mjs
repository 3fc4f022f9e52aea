// One of two official automerge-repo peers, for `cargo xtask bench floor`: `node peer.mjs give|take FOLDER HOST:PORT`.
//
// The folder names the documents and has each as it was before and after a week of work. The giver holds them as they are after it and
// listens; the taker holds them as they were before, dials when it reads a line, and says "done" when it has everything.
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { createInterface } from "node:readline"

import * as A from "@automerge/automerge"
import { Repo, decodeHeads } from "@automerge/automerge-repo"
import { WebSocketClientAdapter, WebSocketServerAdapter } from "@automerge/automerge-repo-network-websocket"
import { WebSocketServer } from "ws"

const [role, folder, address] = process.argv.slice(2)
const [host, port] = address.split(":")
const read = name => new Uint8Array(readFileSync(join(folder, name)))
const ids = readFileSync(join(folder, "documents"), "utf8").split("\n")
// The adapter's own five seconds would end every connection on which a message takes longer, and nothing of this size would ever come through.
const KEEP_ALIVE_MS = 3_600_000

if (role === "give") {
  const sockets = new WebSocketServer({ host, port: Number(port) })
  const repo = new Repo({ network: [new WebSocketServerAdapter(sockets, KEEP_ALIVE_MS)] })
  for (const id of ids) repo.import(read(`${id}.after`), { docId: id })
  console.log("ready")
} else {
  const repo = new Repo({})
  const documents = ids.map(id => {
    const heads = A.getHeads(A.load(read(`${id}.after`))).sort()
    return { handle: repo.import(read(`${id}.before`), { docId: id }), heads: JSON.stringify(heads) }
  })
  const hasAll = ({ handle, heads }) => JSON.stringify(decodeHeads(handle.heads()).sort()) === heads
  console.log("ready")
  createInterface({ input: process.stdin }).once("line", () => {
    let missing = documents.filter(document => !hasAll(document))
    const look = () => {
      missing = missing.filter(document => !hasAll(document))
      if (missing.length === 0) console.log("done")
    }
    for (const { handle } of documents) handle.on("change", look)
    repo.networkSubsystem.addNetworkAdapter(new WebSocketClientAdapter(`ws://${address}`))
  })
}
