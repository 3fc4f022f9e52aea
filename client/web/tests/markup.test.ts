import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'svelte/compiler'
import { describe, expect, it } from 'vitest'

const SPOKEN_ATTRIBUTES = new Set(['aria-label', 'aria-description', 'aria-roledescription', 'aria-valuetext', 'title', 'placeholder', 'alt', 'label'])
const LETTER = /\p{L}/u

interface Node {
  type?: string
  [field: string]: unknown
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null
}

/** Every piece of text in the markup that a person would read or hear and that did not come from Fluent. */
export function hardWords(source: string): string[] {
  const found: string[] = []
  const literals = (value: unknown): void => {
    if (!isNode(value)) return
    if (Array.isArray(value)) return value.forEach(literals)
    if (value.type === 'CallExpression') return // t('…') and the like: their strings are names, not words
    if (value.type === 'Literal' && typeof value['value'] === 'string' && LETTER.test(value['value'])) found.push(value['value'])
    if (value.type === 'TemplateElement' && isNode(value['value'])) {
      const raw = String(value['value']['raw'])
      if (LETTER.test(raw)) found.push(raw)
    }
    if (value.type === 'ConditionalExpression') {
      literals(value['consequent'])
      literals(value['alternate'])
      return
    }
    if (value.type === 'BinaryExpression') return
    for (const child of Object.values(value)) if (isNode(child)) literals(child)
  }
  const walk = (node: unknown): void => {
    if (!isNode(node)) return
    if (Array.isArray(node)) return node.forEach(walk)
    if (node.type === 'Text' && LETTER.test(String(node['data']))) found.push(String(node['data']).trim())
    if (node.type === 'ExpressionTag') return literals(node['expression'])
    if (node.type === 'Attribute') {
      if (!SPOKEN_ATTRIBUTES.has(String(node['name']))) return
      return walk(node['value'])
    }
    if (typeof node.type === 'string' && /Directive$|^SpreadAttribute$|^AttachTag$|^ConstTag$/.test(node.type)) return
    for (const [field, child] of Object.entries(node)) if (field !== 'expression' && field !== 'context' && isNode(child)) walk(child)
  }
  walk(parse(source, { modern: true }).fragment)
  return found
}

function components(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    return entry.isDirectory() ? components(path) : path.endsWith('.svelte') ? [path] : []
  })
}

describe('the markup', () => {
  it('is caught when it says words of its own, and left alone when Fluent says them', () => {
    expect(hardWords('<p>Сәлем</p>')).toEqual(['Сәлем'])
    expect(hardWords('<button aria-label="Close">×</button>')).toEqual(['Close'])
    expect(hardWords("{#if a}<p title={b ? 'Yes' : t('no')}>{'Да'}</p>{/if}")).toEqual(['Yes', 'Да'])
    expect(hardWords("<p class=\"quiet\" data-x='abc'>{t('hello')} · {name}</p>")).toEqual([])
  })

  it.each(components(join(import.meta.dirname, '../src')))('has no letter outside Fluent in %s', (path) => {
    expect(hardWords(readFileSync(path, 'utf8'))).toEqual([])
  })
})
