// One ProseMirror editor over one rich text of a live document.
import type { Prop } from '@automerge/automerge/slim'
import { baseKeymap, chainCommands, setBlockType, toggleMark } from 'prosemirror-commands'
import { history, redo, undo } from 'prosemirror-history'
import { inputRules, textblockTypeInputRule, wrappingInputRule } from 'prosemirror-inputrules'
import { keymap } from 'prosemirror-keymap'
import type { NodeType } from 'prosemirror-model'
import { liftListItem, sinkListItem, splitListItem, wrapInList } from 'prosemirror-schema-list'
import { EditorState, TextSelection, type Command, type Plugin, type Transaction } from 'prosemirror-state'
import { EditorView } from 'prosemirror-view'
import { carets, spotOf, type Range } from './carets'
import { marking } from './marked'
import { pasting } from './pasted'
import { HEADING_LEVELS, richAdapter } from './schema'
import { shown, textSync, type Change, type LongWriting, type TextHandle } from './sync'

const { nodes, marks } = richAdapter.schema

function must<T>(thing: T | undefined): T {
  if (thing === undefined) throw new Error('the rich text schema lacks a part that the editor names')
  return thing
}
const node = (name: string): NodeType => must(nodes[name])

function inside(state: EditorState, type: NodeType): boolean {
  for (let depth = state.selection.$from.depth; depth > 0; depth -= 1)
    if (state.selection.$from.node(depth).type === type) return true
  return false
}

function toggleList(list: NodeType): Command {
  return (state, dispatch) =>
    inside(state, list) ? liftListItem(node('list_item'))(state, dispatch) : wrapInList(list)(state, dispatch)
}

function toggleHeading(): Command {
  const heading = node('heading')
  return (state, dispatch) =>
    inside(state, heading)
      ? setBlockType(node('paragraph'))(state, dispatch)
      : setBlockType(heading, { level: HEADING_LEVELS[0] })(state, dispatch)
}

/** The caret where something was taken back. The history remembers a place and moves it behind all that others have written there since: then
 * the next words would go into theirs. */
function atItsChange(tr: Transaction): Transaction {
  let [from, to] = [Infinity, -Infinity]
  tr.mapping.maps.forEach((map, index) => {
    const rest = tr.mapping.slice(index + 1)
    map.forEach((_from, _to, start, end) => {
      from = Math.min(from, rest.map(start, -1))
      to = Math.max(to, rest.map(end, 1))
    })
  })
  const { empty, head } = tr.selection
  if (!empty || from > to || (head >= from && head <= to)) return tr
  return tr.setSelection(TextSelection.near(tr.doc.resolve(to), -1))
}

function inHistory(command: Command): Command {
  return (state, dispatch, view) => command(state, dispatch && ((tr) => dispatch(atItsChange(tr))), view)
}

export const COMMANDS = {
  bold: toggleMark(must(marks['strong'])),
  italic: toggleMark(must(marks['em'])),
  heading: toggleHeading(),
  bullets: toggleList(node('bullet_list')),
  numbers: toggleList(node('ordered_list')),
  undo: inHistory(undo),
  redo: inHistory(redo),
} satisfies Record<string, Command>
export type CommandName = keyof typeof COMMANDS

/** Which commands are "on" where the caret stands. */
export function activeCommands(state: EditorState): Set<CommandName> {
  const active = new Set<CommandName>()
  const { from, $from, to, empty } = state.selection
  for (const [name, mark] of [['bold', marks['strong']], ['italic', marks['em']]] as const) {
    if (!mark) continue
    const on = empty ? mark.isInSet(state.storedMarks ?? $from.marks()) : state.doc.rangeHasMark(from, to, mark)
    if (on) active.add(name)
  }
  if (inside(state, node('heading'))) active.add('heading')
  if (inside(state, node('bullet_list'))) active.add('bullets')
  if (inside(state, node('ordered_list'))) active.add('numbers')
  return active
}

const item = node('list_item')
const keys = keymap({
  'Mod-b': COMMANDS.bold,
  'Mod-i': COMMANDS.italic,
  'Mod-Alt-2': COMMANDS.heading,
  'Mod-Shift-8': COMMANDS.bullets,
  'Mod-Shift-7': COMMANDS.numbers,
  'Mod-z': COMMANDS.undo,
  'Mod-y': COMMANDS.redo,
  'Mod-Shift-z': COMMANDS.redo,
  Enter: chainCommands(splitListItem(item), baseKeymap['Enter'] ?? (() => false)),
  'Mod-]': sinkListItem(item),
  'Mod-[': liftListItem(item),
})

const rules = (): Plugin =>
  inputRules({
    rules: [
      wrappingInputRule(/^\s*[-*]\s$/, node('bullet_list')),
      wrappingInputRule(/^1[.)]\s$/, node('ordered_list')),
      textblockTypeInputRule(/^##\s$/, node('heading'), { level: HEADING_LEVELS[0] }),
    ],
  })

/** The handle as an editor sees it: told only of changes under its own text. Without this every editor of a page would walk its
 * spans for each key typed in any other field. */
function narrowed(source: TextHandle, path: Prop[]): TextHandle {
  type Listener = (change: Change) => void
  const wrapped = new Map<Listener, Listener>()
  const ours = (patch: { path: Prop[] }) => path.every((step, index) => patch.path[index] === step)
  return {
    doc: () => source.doc(),
    change: (edit) => source.change(edit),
    on: (event, listener) => {
      const filter = (change: Change) => {
        const patches = change.patches.filter(ours)
        if (patches.length > 0) listener({ ...change, patches })
      }
      wrapped.set(listener, filter)
      source.on(event, filter)
    },
    off: (event, listener) => {
      const filter = wrapped.get(listener)
      if (filter) source.off(event, filter)
      wrapped.delete(listener)
    },
  }
}

export interface EditorOptions {
  mount: HTMLElement
  handle: TextHandle
  path: Prop[]
  label: string
  language: string
  editable: () => boolean
  onState: (state: EditorState) => void
  /** A text is written that takes many changes: so far it has come, and so it ended. */
  onLong?: LongWriting
  /** The person's caret, or what they have chosen, after it moved; nothing when they have left the text. */
  onSpot?: (spot: Range | undefined) => void
}

export function makeEditor({ mount, handle, path, label, language, editable, onState, onSpot = () => {}, onLong = () => {} }: EditorOptions): EditorView {
  const text = narrowed(handle, path)
  const view = new EditorView(mount, {
    // The sync plugin comes last: it must see what all others have made of a key.
    state: EditorState.create({
      doc: shown(richAdapter, text, path),
      plugins: [history(), rules(), keys, keymap(baseKeymap), marking(), carets(), textSync(richAdapter, text, path, onLong)],
    }),
    ...pasting(richAdapter.schema),
    editable,
    // What one may only read takes the focus too: a remark is made about it with the keyboard.
    attributes: () => ({ 'aria-label': label, 'aria-multiline': 'true', role: 'textbox', lang: language, spellcheck: 'true', ...(editable() ? {} : { tabindex: '0', 'aria-readonly': 'true' }) }),
    nodeViews: {
      // Something a newer program put here: kept where it stands, shown as a small box.
      unknownLeaf: () => {
        const dom = document.createElement('span')
        dom.className = 'unknown-leaf'
        return { dom }
      },
    },
    handleDOMEvents: {
      focus: ({ state }: EditorView) => onSpot(spotOf(richAdapter, text.doc(), path, state)),
      blur: () => onSpot(undefined),
    },
    dispatchTransaction(transaction) {
      const before = view.state.selection
      view.updateState(view.state.apply(transaction))
      onState(view.state)
      if (view.hasFocus() && !view.state.selection.eq(before)) onSpot(spotOf(richAdapter, text.doc(), path, view.state))
    },
  })
  return view
}
