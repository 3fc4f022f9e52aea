import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import * as A from '@automerge/automerge/slim'
import { Fragment, Slice, type Node } from 'prosemirror-model'
import { EditorState, type Transaction } from 'prosemirror-state'
import type { EditorView } from 'prosemirror-view'
import { beforeAll, describe, expect, it } from 'vitest'
import { textAt, writeText } from '../src/edit/paths'
import { inPortions, LETTERS_IN_A_CHANGE } from '../src/edit/portions'
import { apply } from '../src/edit/splice'
import { richAdapter } from '../src/rich/schema'
import { shown, textSync, type LongWriting, type TextHandle } from '../src/rich/sync'

/** MAX_CHANGE_BYTES of protocol/src/limits.rs: what the node refuses with all that follows. */
const MAX_CHANGE_BYTES = 256 * 1024
const PATH = ['text']
const HALF_A_LETTER = /\p{Surrogate}/u
const SENTENCE = 'Мұғалімдер кеңесінде екі пікір айтылды 🙂, біріншісі қабылданды. Осыдан кейін жоспар жазылды! '
const { schema } = richAdapter

beforeAll(async () => {
  await A.initializeWasm(readFileSync(createRequire(import.meta.url).resolve('@automerge/automerge/automerge.wasm')))
})

class Held implements TextHandle {
  #doc: A.Doc<unknown> = A.from({ text: '' } as never)
  doc = () => this.#doc
  change = (edit: (draft: object) => void) => {
    this.#doc = A.change(this.#doc, (draft) => edit(draft as object))
  }
  on = () => {}
  off = () => {}
  sizes = () => A.getAllChanges(this.#doc).map((change) => change.length)
}

/** `apply` resolves once all of it is written. */
function editor(held: Held): { state: EditorState; apply: (make: (state: EditorState) => Transaction) => Promise<void> } {
  let writing = false
  let written = () => {}
  const onLong: LongWriting = (progress) => {
    writing = typeof progress === 'object'
    if (!writing) written()
  }
  const sync = textSync(richAdapter, held, PATH, onLong)
  const it = {
    state: EditorState.create({ doc: shown(richAdapter, held, PATH), plugins: [sync] }),
    apply: async (make: (state: EditorState) => Transaction) => {
      it.state = it.state.apply(make(it.state))
      if (writing) await new Promise<void>((resolve) => (written = resolve))
    },
  }
  // As much of a view as the plugin needs: drawing two million letters is the browser's matter.
  const view = { get state() { return it.state }, isDestroyed: false, dispatch: (tr: Transaction) => void (it.state = it.state.apply(tr)) }
  sync.spec.view?.(view as unknown as EditorView)
  return it
}

const paragraph = (text: string, bold = false): Node => schema.node('paragraph', null, text === '' ? [] : [schema.text(text, bold ? [schema.mark('strong')] : [])])
const item = (text: string): Node => schema.node('list_item', null, [paragraph(text)])

describe('a long paste into a field', () => {
  it('is written in changes that the node takes, in order, and so is its removal', () => {
    const held = new Held()
    const long = SENTENCE.repeat(Math.ceil(2_000_000 / SENTENCE.length))
    const write = (edit: { at: number; remove: number; insert: string }) => {
      for (const portion of inPortions(edit, textAt(held.doc(), PATH))) held.change((draft) => writeText(draft, PATH, portion))
    }
    write({ at: 0, remove: 0, insert: 'басы соңы' })
    write({ at: 5, remove: 0, insert: long })
    expect(textAt(held.doc(), PATH)).toBe(`басы ${long}соңы`)
    const some = LETTERS_IN_A_CHANGE + 1_000
    write({ at: 5, remove: some, insert: 'мен ' })
    expect(textAt(held.doc(), PATH)).toBe(`басы мен ${long.slice(some)}соңы`)
    expect(Math.max(...held.sizes())).toBeLessThan(MAX_CHANGE_BYTES)
    expect(held.sizes().length).toBeGreaterThan(2 + Math.floor(long.length / LETTERS_IN_A_CHANGE))
  }, 120_000)

  it('leaves a short one as it is, and cuts no letter in half', () => {
    const short = { at: 2, remove: 1, insert: 'сөз' }
    expect(inPortions(short, 'абвг')).toEqual([short])
    const faces = 'x' + '🙂'.repeat(LETTERS_IN_A_CHANGE)
    const all = inPortions({ at: 0, remove: faces.length, insert: faces }, faces)
    for (const { insert } of all) expect(insert).not.toMatch(HALF_A_LETTER)
    let text = faces
    for (const portion of all) {
      text = apply(text, portion)
      expect(text).not.toMatch(HALF_A_LETTER)
    }
    expect(text).toBe(faces)
  })
})

describe('a long paste into a rich text', () => {
  it('is written in changes that the node takes, words, blocks and marks as pasted, and so is its removal', async () => {
    const held = new Held()
    const page = editor(held)
    await page.apply((state) => state.tr.insertText('басысоңы', 1))
    const before = held.sizes().length
    const long = SENTENCE.repeat(500)
    const pasted: Node[] = Array.from({ length: Math.ceil(1_000_000 / long.length) }, (_, index) => paragraph(long, index % 3 === 0))
    const lines = Array.from({ length: 700 }, (_, index) => item(index % 2 === 0 ? '' : 'бір'))
    pasted.splice(2, 0, schema.node('bullet_list', null, lines))
    await page.apply((state) => state.tr.replace(5, 5, new Slice(Fragment.from(pasted), 1, 1)))
    const seen = page.state.doc
    expect(seen.textContent).toBe(`басы${pasted.map((node) => node.textContent).join('')}соңы`)
    expect(shown(richAdapter, held, PATH).eq(seen)).toBe(true)
    expect(held.sizes().length).toBeGreaterThan(before + 25)
    await page.apply((state) => state.tr.delete(5, 5 + 2 * LETTERS_IN_A_CHANGE))
    expect(shown(richAdapter, held, PATH).eq(page.state.doc)).toBe(true)
    expect(page.state.doc.textContent.startsWith('басы')).toBe(true)
    expect(Math.max(...held.sizes())).toBeLessThan(MAX_CHANGE_BYTES)
  }, 300_000)

  it('touches nothing around it, and gives the marks beside it to no word of its own', async () => {
    const held = new Held()
    const page = editor(held)
    await page.apply((state) => state.tr.replaceWith(0, state.doc.content.size, [paragraph('қалың', true), paragraph('соңы')]))
    const marker = A.getCursor(held.doc(), PATH, 8)
    await page.apply((state) => state.tr.replace(6, 6, new Slice(Fragment.from([paragraph('а'.repeat(LETTERS_IN_A_CHANGE * 2)), paragraph('б', true)]), 1, 1)))
    expect(shown(richAdapter, held, PATH).eq(page.state.doc)).toBe(true)
    expect(page.state.doc.child(0).childCount).toBe(2)
    expect(page.state.doc.child(0).child(1).marks).toEqual([])
    const text = A.spans(held.doc(), PATH).map((span) => (span.type === 'text' ? span.value : '\ufffc')).join('')
    expect(text[A.getCursorPosition(held.doc(), PATH, marker)]).toBe('о')
  })

  it('is one change where it is short', async () => {
    const held = new Held()
    const page = editor(held)
    await page.apply((state) => state.tr.insertText('бір', 1))
    const before = held.sizes().length
    await page.apply((state) => state.tr.replace(4, 4, new Slice(Fragment.from([paragraph(' екі'), paragraph('үш')]), 1, 1)))
    expect(held.sizes().length).toBe(before + 1)
  })
})
