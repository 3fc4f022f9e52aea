// `cargo xtask bench page` builds the page and a node and starts this with where they are.
import { startNode } from "../../tests/interop/node.mjs"
import { exitCode } from "./report.mjs"
import { measureSizes } from "./sizes.mjs"
import { measureSpeed } from "./speed.mjs"

const [dist = new URL("../../client/web/dist", import.meta.url).pathname, trace = new URL("../../tests/data/traces/friendsforever.json.gz", import.meta.url).pathname] = process.argv.slice(2)

measureSizes(dist)
const node = await startNode()
try {
  await measureSpeed(node, trace)
} finally {
  await node.stop()
}
process.exit(exitCode())
