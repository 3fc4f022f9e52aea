// Writes `.br` and `.gz` beside every text and wasm file of the build, so that the node serves bytes and computes nothing.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

/** Fonts (woff2) and pictures are compressed already; below this many bytes a header costs more than it saves. */
const WORTH_IT_BYTES = 512
const COMPRESSIBLE = /\.(js|css|html|svg|wasm|json|webmanifest)$/

function* files(folder) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    if (statSync(path).isDirectory()) yield* files(path)
    else yield path
  }
}

let count = 0
for (const path of files('dist')) {
  if (!COMPRESSIBLE.test(path)) continue
  const plain = readFileSync(path)
  if (plain.length < WORTH_IT_BYTES) continue
  writeFileSync(`${path}.gz`, gzipSync(plain, { level: 9 }))
  writeFileSync(
    `${path}.br`,
    brotliCompressSync(plain, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length },
    }),
  )
  count += 1
}
console.log(`precompressed ${count} files`)
