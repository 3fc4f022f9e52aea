// Names that are offered behind an "@".

/** Offered at once; more than these nobody reads through. */
const OFFERED = 6

/** What is being written behind an "@" right before the caret. */
export function mentionBefore(words: string): string | undefined {
  return /(?:^|[\s(«"])@([^@\n]{0,40})$/u.exec(words)?.[1]
}

export function offered(names: Iterable<string>, begun: string): string[] {
  const wanted = begun.toLocaleLowerCase()
  const all = [...new Set([...names].map((name) => name.trim()))].filter((name) => name !== '')
  return all.filter((name) => ` ${name.toLocaleLowerCase()}`.includes(` ${wanted}`) && name.toLocaleLowerCase() !== wanted.trim()).slice(0, OFFERED)
}
