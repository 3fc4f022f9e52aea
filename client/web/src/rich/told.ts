// A rich text to be read: blocks and runs of words, without an editor. What a program of another version put there is shown as plain words.
import type { Span } from '@automerge/automerge/slim'
import { said } from '../edit/kinds/common'
import { safeHref } from './schema'

export interface Run {
  text: string
  strong: boolean
  em: boolean
  href: string | undefined
}
/** Lines of one kind that stand together; all but lists have one line. */
export interface Block {
  kind: 'paragraph' | 'heading' | 'quote' | 'bullets' | 'numbers'
  lines: Run[][]
}

const KINDS: Readonly<Record<string, Block['kind']>> = {
  heading: 'heading',
  blockquote: 'quote',
  'unordered-list-item': 'bullets',
  'ordered-list-item': 'numbers',
}

function hrefOf(mark: unknown): string | undefined {
  try {
    const value: unknown = typeof mark === 'string' ? JSON.parse(mark) : undefined
    return typeof value === 'object' && value !== null && 'href' in value ? safeHref(value.href) : undefined
  } catch {
    return undefined
  }
}

/** The blocks of a text; those without words are left out. */
export function told(spans: readonly Span[]): Block[] {
  const blocks: Block[] = []
  let kind: Block['kind'] = 'paragraph'
  let runs: Run[] = []
  const end = () => {
    if (runs.some(({ text }) => text.trim() !== '')) {
      const last = blocks[blocks.length - 1]
      if (last?.kind === kind && (kind === 'bullets' || kind === 'numbers')) last.lines.push(runs)
      else blocks.push({ kind, lines: [runs] })
    }
    runs = []
  }
  for (const span of spans) {
    if (span.type === 'text') {
      const { strong, em, link } = span.marks ?? {}
      runs.push({ text: span.value, strong: strong === true, em: em === true, href: hrefOf(link) })
      continue
    }
    end()
    kind = KINDS[said(span.value['type'])] ?? 'paragraph'
  }
  end()
  return blocks
}
