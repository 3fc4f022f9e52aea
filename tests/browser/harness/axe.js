// What axe finds on a page: WCAG 2.2, levels A and AA.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { picture } from './browser.js'

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
/** What another theme may break. */
const COLOURS = ['color-contrast', 'link-in-text-block']
const source = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** One line a violation: which rule, where, and what axe says of it. Without rules, all of those levels. What a dialog or a menu
 * has opened over was looked at before: it is looked at alone. */
export async function violations(page, ...rules) {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(source)
  return page.evaluate(async (runOnly) => {
    const { violations: found } = await globalThis.axe.run(document.querySelector('dialog[open], [role="menu"]') ?? document, { runOnly, resultTypes: ['violations'] })
    return found.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')}: ${(node.failureSummary ?? '').replaceAll(/\s+/g, ' ').slice(0, 300)}`))
  }, rules.length > 0 ? { type: 'rule', values: rules } : { type: 'tag', values: TAGS })
}

/** The screen as it stands: axe finds nothing in it, nor in its colours when it is dark, and nothing is wider than the window. */
export async function look(page, name) {
  for (const [colorScheme, rules] of [['light', []], ['dark', COLOURS]]) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await picture(page, `${name}-${colorScheme}`)
    assert.deepEqual(await violations(page, ...rules), [], `${name}, ${colorScheme}`)
  }
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name} fits the window`)
}
