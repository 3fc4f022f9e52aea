// What a rich text may hold, mapped to Automerge's rich text blocks and marks (docs/documents.md, "Rich text"). The same names as
// the mapping's basic schema, without pictures: a picture's address would be fetched from outside the school.
import { SchemaAdapter, type MappedSchemaSpec } from '@automerge/prosemirror'
import type { Attrs, Node } from 'prosemirror-model'

/** Two levels are shown; deeper ones of other programs are kept and shown as the second. */
export const HEADING_LEVELS = [2, 3] as const

const SAFE_LINK = /^(https?:|mailto:|tel:)/i

/** Where a link may lead. A script in an address is not an address. */
export function safeHref(href: unknown): string | undefined {
  return typeof href === 'string' && SAFE_LINK.test(href.trim()) ? href.trim() : undefined
}

function linkAttrs(mark: unknown): Attrs {
  try {
    const value: unknown = typeof mark === 'string' ? JSON.parse(mark) : undefined
    const { href, title } = (value ?? {}) as { href?: unknown; title?: unknown }
    return { href: typeof href === 'string' ? href : '', title: typeof title === 'string' ? title : '' }
  } catch {
    return { href: '', title: '' }
  }
}

function headingTag(node: Node): string {
  return Number(node.attrs['level']) <= HEADING_LEVELS[0] ? 'h3' : 'h4'
}

const spec: MappedSchemaSpec = {
  nodes: {
    doc: { content: 'block+' },
    paragraph: {
      automerge: { block: 'paragraph' },
      content: 'inline*',
      group: 'block',
      parseDOM: [{ tag: 'p' }],
      toDOM: () => ['p', 0],
    },
    unknownBlock: {
      automerge: { unknownBlock: true },
      group: 'block',
      content: 'block+',
      parseDOM: [{ tag: 'div[data-unknown-block]' }],
      toDOM: () => ['div', { 'data-unknown-block': 'true' }, 0],
    },
    blockquote: {
      automerge: { block: 'blockquote' },
      content: 'block+',
      group: 'block',
      defining: true,
      parseDOM: [{ tag: 'blockquote' }],
      toDOM: () => ['blockquote', 0],
    },
    heading: {
      automerge: {
        block: 'heading',
        attrParsers: {
          fromAutomerge: (block) => ({ level: Number(block.attrs['level']) || HEADING_LEVELS[0] }),
          fromProsemirror: (node) => ({ level: Number(node.attrs['level']) }),
        },
      },
      attrs: { level: { default: HEADING_LEVELS[0] } },
      content: 'inline*',
      group: 'block',
      defining: true,
      parseDOM: [
        { tag: 'h1', attrs: { level: 2 } },
        { tag: 'h2', attrs: { level: 2 } },
        { tag: 'h3', attrs: { level: 2 } },
        { tag: 'h4', attrs: { level: 3 } },
        { tag: 'h5', attrs: { level: 3 } },
        { tag: 'h6', attrs: { level: 3 } },
      ],
      toDOM: (node) => [headingTag(node), 0],
    },
    text: { group: 'inline' },
    ordered_list: {
      content: 'list_item+',
      group: 'block',
      attrs: { order: { default: 1 } },
      parseDOM: [{ tag: 'ol' }],
      toDOM: () => ['ol', 0],
    },
    bullet_list: {
      content: 'list_item+',
      group: 'block',
      parseDOM: [{ tag: 'ul' }],
      toDOM: () => ['ul', 0],
    },
    list_item: {
      automerge: { block: { within: { ordered_list: 'ordered-list-item', bullet_list: 'unordered-list-item' } } },
      content: 'paragraph block*',
      parseDOM: [{ tag: 'li' }],
      toDOM: () => ['li', 0],
      defining: true,
    },
  },
  marks: {
    link: {
      automerge: {
        markName: 'link',
        parsers: {
          fromAutomerge: linkAttrs,
          fromProsemirror: (mark) => JSON.stringify({ href: mark.attrs['href'], title: mark.attrs['title'] }),
        },
      },
      attrs: { href: {}, title: { default: '' } },
      inclusive: false,
      parseDOM: [
        {
          tag: 'a[href]',
          getAttrs: (element) => {
            const href = safeHref((element as HTMLElement).getAttribute('href'))
            return href === undefined ? false : { href, title: (element as HTMLElement).getAttribute('title') ?? '' }
          },
        },
      ],
      toDOM: (mark) => {
        const href = safeHref(mark.attrs['href'])
        return href === undefined
          ? ['span', 0]
          : ['a', { href, title: String(mark.attrs['title'] ?? ''), target: '_blank', rel: 'noopener noreferrer' }, 0]
      },
    },
    em: {
      automerge: { markName: 'em' },
      parseDOM: [{ tag: 'i' }, { tag: 'em' }, { style: 'font-style=italic' }],
      toDOM: () => ['em', 0],
    },
    strong: {
      automerge: { markName: 'strong' },
      parseDOM: [
        { tag: 'strong' },
        // Office programs wrap whole pastes in a `<b>` of normal weight.
        { tag: 'b', getAttrs: (element) => ((element as HTMLElement).style.fontWeight === 'normal' ? false : null) },
        { style: 'font-weight', getAttrs: (value) => (/^(bold|bolder|[6-9]\d\d)$/.test(String(value)) ? null : false) },
      ],
      toDOM: () => ['strong', 0],
    },
  },
}

export const richAdapter = new SchemaAdapter(spec)
