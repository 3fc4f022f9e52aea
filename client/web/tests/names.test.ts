import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fieldsOf, type Field } from '../src/edit/kinds/shape'
import schema from '../src/edit/kinds/schema.json'
import { namesOfField, nameOfValue } from '../src/history/names'

const ROOT = join(import.meta.dirname, '../../locales')
const KINDS = Object.keys(schema)
/** Never shown: history does not speak of them. */
const SILENT = ['kind', 'schema', 'order', 'template']

function words(language: string): Set<string> {
  const source = readdirSync(join(ROOT, language)).map((file) => readFileSync(join(ROOT, language, file), 'utf8')).join('\n')
  return new Set([...source.matchAll(/^([a-z][a-z0-9_-]*) *=/gm)].map((match) => match[1] as string))
}

/** Every field of a kind with a path to it. */
function all(fields: readonly Field[], above: string[] = []): { field: Field; path: string[] }[] {
  return fields
    .filter(({ name }) => !SILENT.includes(name))
    .flatMap((field) => {
      const path = [...above, field.name]
      if (field.holds === 'map') return all(field.fields, path)
      return [{ field, path }, ...(field.holds === 'items' ? all(field.fields, [...path, 'id']) : [])]
    })
}

describe.each(['kk', 'ru', 'en'])('in %s', (language) => {
  const known = words(language)
  it.each(KINDS)('every field of a %s, and every word of its lists, has a name', (kind) => {
    const fields = all(fieldsOf(kind))
    expect(fields.length).toBeGreaterThan(4)
    const nameless = fields.filter(({ path }) => !namesOfField(kind, path).some((name) => known.has(name)))
    expect(nameless.map(({ path }) => path.join('.'))).toEqual([])
    const wordless = fields.flatMap(({ field }) => (field.holds === 'one_of' ? field.values.map((value) => nameOfValue(field, value)) : []))
    expect(wordless.filter((name) => !known.has(name))).toEqual([])
  })
})
