// What fields and their values are called, for whoever reads what became of them: every field of every kind has a name (history.ftl).
import { fieldsOf, type Field } from '../edit/kinds/shape'
import type { Prop } from '../edit/paths'

/** Messages that may name a field, the most exact first: of its collection or its kind, else of all fields of this name. */
export function namesOfField(kind: string, path: readonly Prop[]): string[] {
  const [root, ...rest] = path.map(String)
  const isItem = fieldsOf(kind).some(({ name, holds }) => name === root && holds === 'items')
  if (rest.length === 0) return [`field-${kind}-${root}`, `field-${root}`]
  const within = isItem ? rest.slice(1) : rest
  return [`field-${root}-${within.join('-')}`, `field-${within[within.length - 1]}`]
}

/** A word of a closed list. */
export function nameOfValue(field: Field, value: string): string {
  return `value-${field.name}-${value === '' ? 'none' : value}`
}
