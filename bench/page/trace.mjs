// A recorded editing session, replayed into a text of a document: each author sees exactly what they had seen.
import { readFileSync } from "node:fs"
import { gunzipSync } from "node:zlib"

import * as A from "@automerge/automerge"

/** The line to the node is answered now and then: the replay takes half a minute. */
const KEYSTROKES_AT_ONCE = 200

/** `document` with the whole session in the text at `path`, one change for each keystroke. */
export async function replay(file, document, path) {
  const { txns, numAgents, endContent } = JSON.parse(gunzipSync(readFileSync(file)))
  const seats = Array.from({ length: numAgents }, () => ({ doc: A.clone(document), made: [], seen: new Array(numAgents).fill(0) }))
  /** For each keystroke how many changes of its author hold it. */
  const changesAt = []
  for (const { parents, agent, patches } of txns) {
    if (changesAt.length % KEYSTROKES_AT_ONCE === 0) await new Promise(setImmediate)
    const seat = seats[agent]
    for (const parent of parents) {
      const other = txns[parent].agent
      if (other !== agent) see(seat, seats[other], other, changesAt[parent])
    }
    // Positions are of code points; the session has none beyond the basic plane.
    seat.doc = A.change(seat.doc, (draft) => {
      for (const [at, removed, inserted] of patches) A.splice(draft, path, at, removed, inserted)
    })
    const made = A.getLastLocalChange(seat.doc)
    seat.made.push(made)
    changesAt.push(seat.made.length)
  }
  seats.slice(1).forEach((seat, index) => see(seats[0], seat, index + 1, seat.made.length))
  const text = path.reduce((value, step) => value[step], seats[0].doc)
  if (text !== endContent) throw new Error("the replay does not end with the session's text")
  return seats[0].doc
}

function see(reader, writer, number, count) {
  const from = reader.seen[number]
  if (count <= from) return
  reader.doc = A.applyChanges(reader.doc, writer.made.slice(from, count))[0]
  reader.seen[number] = count
}
