// What the build weighs on the line: gzip, as the node serves it.
import { readFileSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { gzipSync } from "node:zlib"

import { line } from "./report.mjs"

const KB = 1000
const FIRST_PAINT_BYTES = 90 * KB
const BUILD_BYTES = 300 * KB
/** Written beside the files for the node, not files of their own. */
const PACKED = /\.(gz|br)$/
/** Fonts are packed already. Kazakh needs the extended Cyrillic, its currency the extended Latin. */
const FONTS = /-(latin|latin-ext|cyrillic|cyrillic-ext)-.*\.woff2$/
/** Comes when somebody adds a PDF, and is kept by no browser before. */
const LATER = /\/drawpdf-[^/]+\.js$/
const LANGUAGES = ["kk", "ru", "en"]

function* files(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* files(path)
    else if (!PACKED.test(path)) yield path
  }
}

const weight = (paths) => paths.reduce((sum, path) => sum + gzipSync(readFileSync(path), { level: 9 }).length, 0)

export function measureSizes(dist) {
  const all = [...files(dist)]
  const html = readFileSync(join(dist, "index.html"), "utf8")
  const first = [...html.matchAll(/(?:src|href)="(\/[^"]+\.js)"/g)].map(([, path]) => join(dist, path))
  const words = LANGUAGES.map((language) => all.filter((path) => new RegExp(`/${language}-[^/]+\\.js$`).test(path)))
  if (first.length === 0 || words.some((each) => each.length !== 1)) throw new Error("the build has another form than this benchmark knows")
  line("script before the first useful paint, with the largest language", weight(first) + Math.max(...words.map(weight)), "B", FIRST_PAINT_BYTES)

  const rest = all.filter((path) => !/\.(wasm|woff2)$/.test(path) && !LATER.test(path))
  line("all of the build but automerge.wasm and fonts", weight(rest), "B", BUILD_BYTES)
  const spoken = (language) => rest.filter((path) => !LANGUAGES.some((other) => other !== language && new RegExp(`/${other}(\\.rooms)?-[^/]+\\.js$`).test(path)))
  line("of it what one person loads, in the largest language", Math.max(...LANGUAGES.map((language) => weight(spoken(language)))), "B")
  line("what comes when somebody adds a PDF", weight(all.filter((path) => LATER.test(path))), "B")
  const fonts = all.filter((path) => FONTS.test(path))
  line("with the fonts that the three languages need", weight(rest) + fonts.reduce((sum, path) => sum + readFileSync(path).length, 0), "B")
}
