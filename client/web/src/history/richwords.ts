// What became of a rich text: its blocks with their shape, and in them word by word what stays, what went, what came.
import type { Span } from '@automerge/automerge/slim'
import { compare, wordsIn, type State } from './words'

/** Some words of one block that share their marks. */
export interface Run {
  state: State
  text: string
  marks: string[]
}
export interface Block {
  /** `turned`: its words stay, its kind is another one now. */
  state: State | 'turned'
  type: string
  depth: number
  runs: Run[]
}

interface Token {
  text: string
  marks: string[]
  block?: { type: string; depth: number }
  key: string
}

const said = (value: unknown): string => (typeof value === 'object' && value !== null && 'val' in value ? String(value.val) : String(value))

function blockOf(value: unknown): { type: string; depth: number; key: string } {
  const { type, parents, attrs } = value as { type?: unknown; parents?: unknown; attrs?: Record<string, unknown> }
  const above = Array.isArray(parents) ? parents.map(said) : []
  // A paragraph in a list item is how some lists begin; it reads as the item.
  const item = said(type) === 'paragraph' && above[above.length - 1]?.endsWith('-list-item') ? above.pop() : undefined
  const level = attrs?.['level'] === undefined ? '' : ` ${said(attrs['level'])}`
  const name = item ?? said(type)
  return { type: name, depth: above.length, key: `${name}${level} ${above.join(' ')}` }
}

function tokens(spans: readonly Span[]): Token[] {
  return spans.flatMap((span): Token[] => {
    if (span.type === 'block') {
      const { key, ...block } = blockOf(span.value)
      return [{ text: '', marks: [], block, key: `\ufffc${key}` }]
    }
    const marks = Object.entries(span.marks ?? {}).filter(([, value]) => value !== null && value !== false).map(([name]) => name).sort()
    const key = JSON.stringify(Object.entries(span.marks ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)))
    return wordsIn(span.value).map((text) => ({ text, marks, key: text + key }))
  })
}

export function compareRich(before: readonly Span[], after: readonly Span[]): Block[] {
  const blocks: Block[] = []
  const open = (block: Block): void => {
    const last = blocks[blocks.length - 1]
    // A marker that went and one that came at the same place are a block that became another.
    if (last && last.runs.length === 0 && last.state !== 'same' && block.state !== 'same' && last.state !== block.state)
      blocks[blocks.length - 1] = { ...(block.state === 'added' ? block : last), state: 'turned' }
    else blocks.push(block)
  }
  for (const { state, of } of compare(tokens(before), tokens(after), ({ key }) => key))
    for (const { text, marks, block } of of) {
      if (block) {
        open({ state, ...block, runs: [] })
        continue
      }
      if (blocks.length === 0) blocks.push({ state: 'same', type: 'paragraph', depth: 0, runs: [] })
      const { runs } = blocks[blocks.length - 1] as Block
      const last = runs[runs.length - 1]
      if (last?.state === state && last.marks.join() === marks.join()) last.text += text
      else runs.push({ state, text, marks })
    }
  return blocks
}

export function isChanged({ state, runs }: Block): boolean {
  return state !== 'same' || runs.some((run) => run.state !== 'same')
}
