// What a browser keeps, as the tests need it.

/** A `localStorage` that holds `room` letters. */
export function browser(room = Infinity): Storage {
  const kept = new Map<string, string>()
  return {
    get length() {
      return kept.size
    },
    key: (index) => [...kept.keys()][index] ?? null,
    getItem: (key) => kept.get(key) ?? null,
    setItem(key, text) {
      const others = [...kept].filter(([each]) => each !== key).reduce((sum, [, each]) => sum + each.length, 0)
      if (others + text.length > room) throw new DOMException('full', 'QuotaExceededError')
      kept.set(key, text)
    },
    removeItem: (key) => void kept.delete(key),
    clear: () => kept.clear(),
  }
}

/** A `localStorage` that the browser's settings forbid. */
export function forbidden(): Storage {
  const no = (): never => {
    throw new DOMException('forbidden', 'SecurityError')
  }
  return { get length() { return no() }, key: no, getItem: no, setItem: no, removeItem: no, clear: no }
}

/** How many copies of items the page keeps there. */
export const copiesIn = (keeping: Storage): number => Array.from({ length: keeping.length }, (_, index) => keeping.key(index)).filter((key) => key?.startsWith('jeli.written/')).length
