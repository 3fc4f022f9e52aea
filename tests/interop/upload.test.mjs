// The official tus client, unchanged, sends a file to a running node: in pieces, cut off in the middle, and on from there.
import assert from "node:assert/strict"
import { randomBytes } from "node:crypto"
import { after, before, test } from "node:test"

import { Upload } from "tus-js-client"

import { startNode } from "./node.mjs"

let node
before(async () => { node = await startNode() })
after(async () => { assert.equal(await node?.stop(), 0, "the node stops in order") })

const options = () => ({
  endpoint: `${node.address}/api/v1/uploads`,
  headers: { authorization: `Bearer ${node.token}` },
  chunkSize: 256 * 1024,
  retryDelays: [],
})

const sent = (bytes, more) => new Promise((resolve, reject) => {
  const upload = new Upload(bytes, { ...options(), ...more, onError: reject, onSuccess: () => resolve(upload) })
  more?.begin?.(upload)
  upload.start()
})

const view = upload => node.api("GET", new URL(upload.url).pathname)

test("a file goes in by the official client, and is what its bytes say", async () => {
  const bytes = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), randomBytes(1_500_000)])
  const { hash, length, offset, media_type } = await view(await sent(bytes))
  assert.match(hash, /^[0-9a-f]{64}$/)
  assert.deepEqual({ length, offset, media_type }, { length: bytes.length, offset: bytes.length, media_type: "image/jpeg" })
  assert.equal((await view(await sent(bytes))).hash, hash, "the same content has the same name, sent twice")
})

test("what was cut off in the middle goes on where it was", async () => {
  const bytes = randomBytes(1_500_000)
  const cut = await new Promise((resolve, reject) => {
    const upload = new Upload(bytes, {
      ...options(),
      onError: reject,
      onChunkComplete: (_size, accepted) => accepted >= 512 * 1024 && void upload.abort().then(() => resolve(upload)),
    })
    upload.start()
  })
  const before = await view(cut)
  assert.ok(before.offset >= 512 * 1024 && before.offset < bytes.length && before.hash === null, JSON.stringify(before))
  let least = bytes.length
  const upload = await sent(bytes, { uploadUrl: cut.url, onProgress: (done) => (least = Math.min(least, done)) })
  assert.ok(least >= before.offset, "nothing that had arrived is sent again")
  assert.equal((await view(upload)).offset, bytes.length)
})

test("an upload that is ended is gone", async () => {
  const bytes = randomBytes(600_000)
  const upload = await new Promise((resolve, reject) => {
    const upload = new Upload(bytes, { ...options(), onError: reject, onChunkComplete: () => void upload.abort(true).then(() => resolve(upload)) })
    upload.start()
  })
  await assert.rejects(view(upload), /unknown_upload/)
})
