// Which documents lead to a document or to an item of it, told from their plain form.

/** The links in a document that lead to `target` or to anything in it. */
export function linksTo(content: unknown, target: string): ReadonlySet<string> {
  const found = new Set<string>()
  const look = (value: unknown): void => {
    if (typeof value === 'string') {
      if (value === target || value.startsWith(`${target}/`)) found.add(value)
    } else if (typeof value === 'object' && value !== null) Object.values(value).forEach(look)
  }
  look(content)
  return found
}
