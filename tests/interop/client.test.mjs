// The official automerge-repo client, unchanged, against a running node.
import assert from "node:assert/strict"
import { after, before, test } from "node:test"

import { Repo, updateText } from "@automerge/automerge-repo"
import { WebSocketClientAdapter } from "@automerge/automerge-repo-network-websocket"

import { startNode } from "./node.mjs"

let node
before(async () => { node = await startNode() })
after(async () => { assert.equal(await node?.stop(), 0, "the node stops in order") })

function connect() {
  const adapter = new WebSocketClientAdapter(node.socket, 200)
  return { repo: new Repo({ network: [adapter] }), adapter }
}

async function newPlan() {
  const [space] = await node.api("GET", "/api/v1/spaces")
  return node.api("POST", "/api/v1/documents", { space: space.id, kind: "plan", title: "Даму жоспары", language: "kk", write_rule: "owner" })
}

/** Waits for a condition to become true at a change of the document. */
function until(handle, condition) {
  return new Promise(resolve => {
    const look = () => condition(handle.doc()) && (handle.off("change", look), resolve())
    handle.on("change", look)
    look()
  })
}

/** Waits until the node has told that these heads are on its disk. */
function acknowledged(handle, storageId) {
  return new Promise(resolve => {
    const look = () => {
      const info = handle.getSyncInfo(storageId)
      if (info && JSON.stringify([...info.lastHeads].sort()) === JSON.stringify([...handle.heads()].sort())) {
        handle.off("remote-heads", look)
        resolve()
      }
    }
    handle.on("remote-heads", look)
    look()
  })
}

test("two official clients write one plan through the node, and the API shows it", async () => {
  const plan = await newPlan()
  const one = connect(), two = connect()
  const first = await one.repo.find(`automerge:${plan.id}`)
  const second = await two.repo.find(`automerge:${plan.id}`)
  assert.equal(first.doc().title, "Даму жоспары")
  first.change(doc => updateText(doc, ["mission"], "бірге "))
  await until(second, doc => doc.mission === "бірге ")
  second.change(doc => updateText(doc, ["mission"], "бірге жазамыз"))
  await until(first, doc => doc.mission === "бірге жазамыз")
  const { node: storageId } = await node.api("GET", "/api/v1/node")
  await acknowledged(second, storageId)
  const shown = await node.api("GET", `/api/v1/documents/${plan.id}/content`)
  assert.equal(shown.content.mission, "бірге жазамыз")
  await one.repo.shutdown()
  await two.repo.shutdown()
})

test("cursors travel between clients", async () => {
  const plan = await newPlan()
  const one = connect(), two = connect()
  const first = await one.repo.find(`automerge:${plan.id}`)
  const second = await two.repo.find(`automerge:${plan.id}`)
  const heard = new Promise(resolve => second.on("ephemeral-message", ({ message }) => resolve(message)))
  // The other side may not have spoken of the document yet: passing messages are repeated, as real cursors are.
  const repeat = setInterval(() => first.broadcast({ cursor: 3 }), 50)
  assert.deepEqual(await heard, { cursor: 3 })
  clearInterval(repeat)
  await one.repo.shutdown()
  await two.repo.shutdown()
})

test("a document that the node does not have is unavailable", async () => {
  const { repo } = connect()
  const other = new Repo({}).create({ never: "shared" })
  await assert.rejects(repo.find(other.url), /unavailable/i)
  await repo.shutdown()
})

test("a hundred quick changes of two clients end in the same document everywhere", async () => {
  const plan = await newPlan()
  const one = connect(), two = connect()
  const first = await one.repo.find(`automerge:${plan.id}`)
  const second = await two.repo.find(`automerge:${plan.id}`)
  for (let n = 0; n < 100; n++) {
    const handle = n % 2 ? first : second
    handle.change(doc => { doc.period.from = `2026-01-${String((n % 28) + 1).padStart(2, "0")}`; doc[`n${n}`] = n })
  }
  const all = doc => Array.from({ length: 100 }, (_, n) => doc[`n${n}`] === n).every(Boolean)
  await until(first, all)
  await until(second, all)
  const { node: storageId } = await node.api("GET", "/api/v1/node")
  await acknowledged(first, storageId)
  const shown = await node.api("GET", `/api/v1/documents/${plan.id}/content`)
  assert.equal(shown.content.n99, 99)
  assert.deepEqual([...first.heads()].sort(), [...second.heads()].sort())
  await one.repo.shutdown()
  await two.repo.shutdown()
})
