// Files as they stand in the page, wherever that is.
import { REACH_MS } from './browser.js'

const pageOf = (root) => root.page?.() ?? root

/** A file's row in a page, or in a part of one. */
export const fileRow = (root, name) => root.getByTestId('file').filter({ has: pageOf(root).getByTestId('file-called').getByText(name, { exact: true }) })

/** Waits until the file is at this school, or as far as `state` says. */
export const stands = (root, name, state = 'here') => fileRow(root, name).and(pageOf(root).locator(`[data-state="${state}"]`)).waitFor({ timeout: REACH_MS })

/** A photo of this size, as a camera would give it; `paint` fills the canvas, in the page, and knows nothing from outside. */
export async function photo(page, name, [width, height], paint) {
  // As words: the page's own policy lets nothing be made into code there.
  const bytes = await page.evaluate(`(async () => {
    const canvas = Object.assign(document.createElement('canvas'), { width: ${width}, height: ${height} })
    const paint = ${paint}
    paint(canvas.getContext('2d'), ${width}, ${height})
    const blob = await new Promise((made) => canvas.toBlob(made, 'image/jpeg', 0.95))
    return [...new Uint8Array(await blob.arrayBuffer())]
  })()`)
  return { name, mimeType: 'image/jpeg', buffer: Buffer.from(bytes) }
}
