// An editor of a rich text, as a person has it.
import type { EditorView } from 'prosemirror-view'
import { makeEditor } from '../src/rich/editor'
import type { LongWriting } from '../src/rich/sync'
import { PATH, type Copy } from './people'

export function richEditor(copy: Copy, onState: (view: () => EditorView) => void = () => {}, onLong: LongWriting = () => {}): EditorView {
  const view: EditorView = makeEditor({
    mount: document.body.appendChild(document.createElement('div')),
    handle: copy,
    path: PATH,
    label: 'Жазба',
    language: 'kk',
    editable: () => true,
    onState: () => onState(() => view),
    onLong,
  })
  return view
}
