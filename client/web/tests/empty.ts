// Documents as they begin.
import * as A from '@automerge/automerge/slim'
import type { Kind } from '../src/data/types'
import { fieldsOf, type Field } from '../src/edit/kinds/shape'
import { word } from '../src/edit/paths'
import { Copy } from './people'

function first(field: Field): unknown {
  if (field.holds === 'text' || field.holds === 'rich') return ''
  if (field.holds === 'bool') return false
  if (field.holds === 'int' || field.holds === 'moment' || field.holds === 'schema') return 0
  if (field.holds === 'items' || field.holds === 'set') return {}
  if (field.holds === 'map') return Object.fromEntries(field.fields.map((each) => [each.name, first(each)]))
  return word(field.holds === 'one_of' ? (field.values[0] ?? '') : '')
}

/** A document of a kind as its fixed changes make it. */
export function empty(kind: Kind, given: Record<string, unknown> = {}): Copy {
  const fields = Object.fromEntries(fieldsOf(kind).map((field) => [field.name, first(field)]))
  return new Copy(A.from({ ...fields, kind: word(kind), schema: 2, ...given } as never))
}
