// @vitest-environment jsdom
import { TextSelection } from 'prosemirror-state'
import type { EditorView } from 'prosemirror-view'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { richAdapter } from '../src/rich/schema'
import { shown } from '../src/rich/sync'
import { Copy, loadAutomerge, PATH } from './people'
import { richEditor } from './rich'

beforeAll(loadAutomerge)

let open: EditorView | undefined
afterEach(() => open?.destroy())

function editor(text: string): EditorView {
  const copy = Copy.of(text)
  open?.destroy()
  const view = richEditor(copy, (now) => expect(shown(richAdapter, copy, PATH).eq(now().state.doc)).toBe(true))
  open = view
  return view
}

// jsdom has no event of the clipboard; the editor asks nothing of it where it is handed the words.
const paste = (view: EditorView, html: string) => view.pasteHTML(html, new Event('paste') as ClipboardEvent)

/** The blocks after `html` was pasted at the bar in `text`: `paragraph: words`. */
function pasted(text: string, html: string): string[] {
  const at = text.indexOf('|')
  const view = editor(text.replace('|', ''))
  view.dispatch(view.state.tr.setSelection(TextSelection.create(view.state.doc, at + 1)))
  paste(view, html)
  return blocks(view)
}

function blocks(view: EditorView): string[] {
  const all: string[] = []
  view.state.doc.descendants((node) => {
    if (node.isTextblock) all.push(`${node.type.name}: ${node.textContent}`)
  })
  return all
}

const p = (words: string) => `paragraph: ${words}`
const h = (words: string) => `heading: ${words}`

describe('a pasted table', () => {
  const table = (...rows: string[][]) =>
    `<table><tbody>${rows.map((row) => `<tr>\n${row.map((cell) => `<td>${cell}</td>`).join('\n')}</tr>`).join('\n')}</tbody></table>`

  it('is a paragraph a row, its cells parted', () => {
    expect(pasted('|', table(['бір', 'екі'], ['үш', 'төрт']))).toEqual([p('бір · екі'), p('үш · төрт')])
    expect(pasted('бас|', table(['бір', 'екі']))).toEqual([p('бас'), p('бір · екі')])
    expect(pasted('бас |аяқ', table(['бір', 'екі'], ['үш', 'төрт']))).toEqual([p('бас '), p('бір · екі'), p('үш · төрт'), p('аяқ')])
  })

  it('keeps a cell of several lines in its row, and leaves out cells and rows that say nothing', () => {
    const office = table(['<p>бір</p><p>&nbsp;екі </p>', '', '<ul><li>үш</li><li>төрт</li></ul>'], ['', '&nbsp;'], ['бес<br>алты', 'жеті'])
    expect(pasted('|', office)).toEqual([p('бір екі · үш төрт'), p('бес алты · жеті')])
  })

  it('keeps bold words and bold cells bold', () => {
    const view = editor('')
    paste(view, '<table><tr><td>бір <b>екі</b></td><td style="font-weight:700">үш</td></tr></table>')
    const bold: string[] = []
    view.state.doc.descendants((node) => {
      if (node.marks.some((mark) => mark.type.name === 'strong')) bold.push(node.text ?? '')
    })
    expect([blocks(view), bold]).toEqual([[p('бір екі · үш')], ['екі', 'үш']])
  })

  it('stands apart from the words before it also with a caption, a title row, or as one column', () => {
    expect(pasted('бас|', '<table><caption>Кесте</caption><tr><td>бір</td><td>екі</td></tr></table>')).toEqual([p('бас'), p('Кесте'), p('бір · екі')])
    expect(pasted('бас|', table(['бір'], ['екі']))).toEqual([p('бас'), p('бір'), p('екі')])
  })

  it('is read where what was copied begins with a row or a cell', () => {
    expect(pasted('|', '<tr><td>бір</td><td>екі</td></tr><tr><td>үш</td></tr>')).toEqual([p('бір · екі'), p('үш')])
    expect(pasted('|', '<td>бір</td><td>екі</td>')).toEqual([p('бір · екі')])
  })

  it('of one cell is the words of the cell, and where it lays out a page, its blocks', () => {
    expect(pasted('бас |аяқ', table(['бір ']))).toEqual([p('бас біраяқ')])
    expect(pasted('|', table(['<h2>бір</h2><p>екі</p>' + table(['үш', 'төрт'])]))).toEqual([h('бір'), p('екі'), p('үш · төрт')])
  })
})

describe('a pasted heading', () => {
  it('is a heading of its own, wherever the caret stood', () => {
    expect(pasted('сынағы|', '<h2>Тақырып</h2>')).toEqual([p('сынағы'), h('Тақырып')])
    expect(pasted('сынағы|', '<h1>Тақырып</h1><p>сөз</p>')).toEqual([p('сынағы'), h('Тақырып'), p('сөз')])
    expect(pasted('|', '<h3>Тақырып</h3><p>сөз</p>')).toEqual([h('Тақырып'), p('сөз')])
    expect(pasted('|аяқ', '<h4>Тақырып</h4>')).toEqual([h('Тақырып'), p('аяқ')])
    expect(pasted('бас |аяқ', '<h5>Тақырып</h5>')).toEqual([p('бас '), h('Тақырып'), p('аяқ')])
    expect(pasted('бас |аяқ', '<p>сөз</p><h6>Тақырып</h6>')).toEqual([p('бас сөз'), h('Тақырып'), p('аяқ')])
    expect(pasted('сынағы|', '<b style="font-weight:normal"><h1><span>Тақырып</span></h1></b>')).toEqual([p('сынағы'), h('Тақырып')])
  })

  it('splits no paragraph that words are pasted into', () => {
    expect(pasted('бас | аяқ', '<p>сөз</p>')).toEqual([p('бас сөз аяқ')])
    expect(pasted('бас | аяқ', '<span>сөз</span>')).toEqual([p('бас сөз аяқ')])
  })

  it('of which some words were copied here is those words', () => {
    const view = editor('')
    paste(view, '<h2>Тақырып</h2>')
    const { dom } = view.serializeForClipboard(view.state.doc.slice(2, 5))
    expect(pasted('бас |аяқ', dom.innerHTML)).toEqual([p('бас ақыаяқ')])
  })
})
