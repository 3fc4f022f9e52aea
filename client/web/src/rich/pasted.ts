// What comes from other programs by the clipboard, brought to what a rich text holds. A table becomes paragraphs, a row each. Headings and
// rows stand by themselves: their words do not run on from the words that the caret stands in.
import { DOMParser, Slice, type ParseOptions, type Schema } from 'prosemirror-model'
import type { EditorProps, EditorView } from 'prosemirror-view'

/** Between the words of two cells. */
const BETWEEN_CELLS = ' · '
const BLOCKS = 'address, article, aside, blockquote, dd, div, dl, dt, figure, footer, h1, h2, h3, h4, h5, h6, header, hr, li, main, ol, p, pre, section, table, ul'
const AROUND_CELLS = 'table, thead, tbody, tfoot, tr'
const ROW = 'data-row'
const STANDS_ALONE = `h1, h2, h3, h4, h5, h6, [${ROW}]`

const says = (node: Node): boolean => (node.textContent ?? '').trim() !== ''

function textsIn(node: Node): Text[] {
  const walker = node.ownerDocument?.createTreeWalker(node, 4 /* NodeFilter.SHOW_TEXT */)
  const texts: Text[] = []
  while (walker?.nextNode()) texts.push(walker.currentNode as Text)
  return texts
}

/** One blank wherever there are some, none at the ends. */
function closeGaps(node: Node): void {
  let last: Text | undefined
  for (const text of textsIn(node)) {
    text.data = text.data.replaceAll(/\s+/g, ' ')
    if (!last || last.data.endsWith(' ')) text.data = text.data.trimStart()
    if (text.data !== '') last = text
  }
  if (last) last.data = last.data.trimEnd()
}

/** What a cell says in one line. Its own style goes with it: spreadsheets make a cell bold, not its words. */
function inOneLine(cell: HTMLElement): HTMLElement {
  for (const block of [...cell.querySelectorAll(BLOCKS)].reverse()) block.replaceWith(' ', ...block.childNodes, ' ')
  for (const end of cell.querySelectorAll('br')) end.replaceWith(' ')
  closeGaps(cell)
  return refit(cell, 'span')
}

function refit(cell: HTMLElement, tag: 'div' | 'span'): HTMLElement {
  const whole = cell.ownerDocument.createElement(tag)
  whole.style.cssText = cell.style.cssText
  whole.append(...cell.childNodes)
  return whole
}

/** The row in one line. Where only one cell says something, as in a table that lays out a page, the blocks of that cell stay as they are. */
function rowAsBlock(row: Element): HTMLElement | undefined {
  const cells = ([...row.children] as HTMLElement[]).filter((cell) => cell.matches('td, th') && says(cell))
  const [only] = cells
  if (only && cells.length === 1) return refit(only, 'div')
  if (!only) return undefined
  const line = row.ownerDocument.createElement('p')
  line.setAttribute(ROW, '')
  for (const cell of cells) line.append(...(cell === only ? [] : [BETWEEN_CELLS]), inOneLine(cell))
  return line
}

function tablesAsBlocks(root: Element): void {
  // Line ends of the markup; within a table the parser would take them for words.
  for (const gap of textsIn(root)) if (!says(gap) && gap.parentElement?.matches(AROUND_CELLS)) gap.remove()
  const rows = [...root.querySelectorAll('tr')]
  const several = rows.filter(says).length > 1
  // Inner tables first.
  for (const row of rows.reverse()) {
    const block = rowAsBlock(row)
    // One cell of a spreadsheet is words like any others; a row among others is a row.
    if (several) block?.setAttribute(ROW, '')
    row.replaceWith(block ?? '')
  }
  for (const caption of root.querySelectorAll('caption')) {
    const line = refit(caption, 'div')
    line.setAttribute(ROW, '')
    caption.replaceWith(line)
  }
  // ProseMirror hands over the row itself where the pasted text begins with a cell.
  if (root.matches('tr')) root.replaceChildren(...[rowAsBlock(root) ?? ''])
}

interface Ends {
  start: boolean
  end: boolean
}

/** Whether the first and the last words belong to something that stands by itself. */
function standsAlone(root: Element): Ends {
  // Some words of one heading, copied within an editor of ours, are words.
  if (root.querySelector('[data-pm-slice]') && root.children.length < 2) return IN_THE_WORDS
  const texts = textsIn(root).filter(says)
  const alone = (text: Text | undefined): boolean => text?.parentElement?.closest(STANDS_ALONE) != null
  return { start: alone(texts[0]), end: alone(texts.at(-1)) }
}

const IN_THE_WORDS: Ends = { start: false, end: false }

class PastedParser extends DOMParser {
  alone = IN_THE_WORDS

  override parseSlice(dom: Node, options?: ParseOptions): Slice {
    const root = dom as Element
    tablesAsBlocks(root)
    this.alone = standsAlone(root)
    return super.parseSlice(dom, options)
  }
}

/** For one editor: ProseMirror asks for the words first, and then, in the same breath, how they join those around the caret. */
export function pasting(schema: Schema): Pick<EditorProps, 'clipboardParser' | 'transformPasted'> {
  const parser = new PastedParser(schema, DOMParser.fromSchema(schema).rules)
  return {
    clipboardParser: parser,
    transformPasted: (slice: Slice, view: EditorView): Slice => {
      const { $from, $to } = view.state.selection
      const { start, end } = parser.alone
      // What is dragged within the editor is not parsed before it comes here.
      parser.alone = IN_THE_WORDS
      return new Slice(
        slice.content,
        start && $from.parentOffset > 0 ? 0 : slice.openStart,
        end && $to.parentOffset < $to.parent.content.size ? 0 : slice.openEnd,
      )
    },
  }
}
