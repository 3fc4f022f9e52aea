// The schema of every kind as data: new items, history and copies walk it. Written by the program that keeps the schema (protocol/src/kinds).
import type { Kind } from '../../data/types'
import schema from './schema.json'
import { word } from '../paths'

export type Holds =
  | { holds: 'text' | 'rich' | 'date' | 'time' | 'reference' | 'order' | 'decimal' | 'moment' | 'schema' | 'bool' }
  | { holds: 'one_of'; values: string[] }
  | { holds: 'item_of' | 'set'; of: string }
  | { holds: 'int'; at_most: number }
  | { holds: 'map' | 'items'; fields: Field[] }
export type Field = { name: string; since: number } & Holds

const KINDS = schema as unknown as Record<Kind, { schema: number; fields: Field[] }>

/** The newest schema of a kind that this page knows; a document of a newer one is shown, not edited. */
export function knownSchema(kind: string): number {
  return KINDS[kind as Kind]?.schema ?? 0
}

/** Whether what stands at the root has the form that the schema gives it. What came with a later schema may be missing. */
export function wellFormed(kind: string, doc: unknown): boolean {
  const root = doc as Record<string, unknown>
  return fieldsOf(kind).every(({ name, holds, since }) => {
    const value = root[name]
    if (value === undefined) return since > 1
    if (holds === 'items' || holds === 'map' || holds === 'set') return typeof value === 'object' && value !== null && !Array.isArray(value) && !('val' in value)
    return typeof value !== 'object' || (value !== null && 'val' in value)
  })
}

export function fieldsOf(kind: string): readonly Field[] {
  return KINDS[kind as Kind]?.fields ?? []
}

/** The fields of the items of a collection at the root. */
export function itemFields(kind: string, collection: string): readonly Field[] {
  const field = fieldsOf(kind).find((each) => each.name === collection)
  return field?.holds === 'items' ? field.fields : []
}

function empty(field: Field): unknown {
  switch (field.holds) {
    case 'text':
    case 'rich':
      return ''
    case 'int':
    case 'moment':
    case 'schema':
      return 0
    case 'bool':
      return false
    case 'one_of':
      return word(field.values[0] ?? '')
    case 'map':
      return Object.fromEntries(field.fields.map((each) => [each.name, empty(each)]))
    case 'items':
    case 'set':
      return {}
    default:
      return word('')
  }
}

/** A new item of a collection with all its fields, `given` in the place of their first values. Scalar words are given with `word`. */
export function blank(kind: Kind, collection: string, given: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return Object.fromEntries(itemFields(kind, collection).map((field) => [field.name, given[field.name] ?? empty(field)]))
}

/** What the field at a path holds; inside a collection any key stands for an item. */
export function holdsAt(kind: string, path: readonly (string | number)[]): Field | undefined {
  let fields = fieldsOf(kind)
  for (let at = 0; at < path.length; at += 1) {
    const field = fields.find((each) => each.name === path[at])
    if (!field || at === path.length - 1) return field
    if (field.holds === 'map') fields = field.fields
    else if (field.holds === 'items') {
      fields = field.fields
      at += 1
    } else return undefined
  }
  return undefined
}
