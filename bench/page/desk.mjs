// A node with what a school has after years, and documents written into it as any client writes.
import { randomBytes } from "node:crypto"

import * as A from "@automerge/automerge"
import { Repo } from "@automerge/automerge-repo"
import { WebSocketClientAdapter } from "@automerge/automerge-repo-network-websocket"

export const director = { name: "Aigul Sarsenova", login: "aigul", password: "bench-page-2026" }

export async function makeDocument(node, kind, title) {
  const [space] = await node.api("GET", "/api/v1/spaces")
  return (await node.api("POST", "/api/v1/documents", { space: space.id, kind, title, language: "en", write_rule: "owner" })).id
}

/** Changes a document at the node by what `edit` makes of a copy; resolves once it is on the node's disk. */
export async function write(node, id, edit) {
  const repo = new Repo({ network: [new WebSocketClientAdapter(node.socket, 200)] })
  const handle = await repo.find(`automerge:${id}`)
  const { node: storageId } = await node.api("GET", "/api/v1/node")
  const written = await edit(A.clone(handle.doc()))
  handle.update((doc) => A.merge(doc, written))
  const heads = JSON.stringify([...handle.heads()].sort())
  await new Promise((resolve) => {
    const look = () => {
      const info = handle.getSyncInfo(storageId)
      if (!info || JSON.stringify([...info.lastHeads].sort()) !== heads) return
      handle.off("remote-heads", look)
      resolve()
    }
    handle.on("remote-heads", look)
    look()
  })
  await repo.shutdown()
}

const id = () => randomBytes(16).toString("hex")
const word = (text) => new A.ImmutableString(text)

/** Eight goals with five actions each: a plan as schools write them. */
export function fortyActions(doc) {
  return A.change(doc, (draft) => {
    for (let goal = 0; goal < 8; goal += 1) {
      const under = id()
      const order = (n) => word(`a${n}`)
      draft.goals[under] = { order: order(goal), priority: word(""), title: `Goal ${goal + 1}: pupils put questions of their own in every lesson`, success: "", practices: {} }
      for (let action = 0; action < 5; action += 1)
        draft.actions[id()] = {
          order: order(action), goal: word(under), what: `Open lessons with a talk afterwards, round ${action + 1}`, responsible: "Aigul Sarsenova", partners: "",
          resources: "", start: word("2026-09-01"), due: word("2026-12-20"), status: word("planned"),
        }
    }
  })
}
