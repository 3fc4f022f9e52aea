// What became of a text, word by word: what stays, what went, what came.

export type State = 'same' | 'removed' | 'added'
export interface Piece<T> {
  state: State
  of: T[]
}

/** Steps of a comparison. Texts that differ more than this have little in common: the old one is shown as gone, the new one as come. */
const STEPS_LIMIT = 1_500

const WORDS = /[\p{L}\p{M}\p{N}]+|\s+|./gsu

export function wordsIn(text: string): string[] {
  return text.match(WORDS) ?? []
}

/** What turns `before` into `after`, in few pieces (Myers, "An O(ND) difference algorithm"). Equal are those with an equal `key`; of these the
 * later one is shown. */
export function compare<T>(before: readonly T[], after: readonly T[], key: (one: T) => string): Piece<T>[] {
  const [a, b] = [before.map(key), after.map(key)]
  let start = 0
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1
  let end = 0
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1
  const pieces: Piece<T>[] = []
  const put = (state: State, of: readonly T[]) => {
    if (of.length === 0) return
    const last = pieces[pieces.length - 1]
    if (last?.state === state) for (const one of of) last.of.push(one)
    else pieces.push({ state, of: [...of] })
  }
  put('same', after.slice(0, start))
  const [old, fresh] = [before.slice(start, before.length - end), after.slice(start, after.length - end)]
  let [x, y] = [0, 0]
  for (const [toX, toY] of kept(a.slice(start, a.length - end), b.slice(start, b.length - end))) {
    put('removed', old.slice(x, toX))
    put('added', fresh.slice(y, toY))
    put('same', fresh.slice(toY, toY + 1))
    ;[x, y] = [toX + 1, toY + 1]
  }
  put('removed', old.slice(x))
  put('added', fresh.slice(y))
  put('same', after.slice(after.length - end))
  return gathered(pieces, key)
}

/** A lone space that stays between two changes stays for nobody: what went is read in one go, and what came. */
function gathered<T>(pieces: readonly Piece<T>[], key: (one: T) => string): Piece<T>[] {
  const done: Piece<T>[] = []
  let [removed, added]: [T[], T[]] = [[], []]
  const close = () => {
    if (removed.length > 0) done.push({ state: 'removed', of: removed })
    if (added.length > 0) done.push({ state: 'added', of: added })
    removed = []
    added = []
  }
  pieces.forEach(({ state, of }, index) => {
    const space = of.length === 1 && /^\s+(?:\[|$)/.test(key(of[0] as T)) && removed.length > 0 && added.length > 0 && index < pieces.length - 1
    if (state === 'same' && !space) {
      close()
      done.push({ state, of })
      return
    }
    if (state !== 'added') for (const one of of) removed.push(one)
    if (state !== 'removed') for (const one of of) added.push(one)
  })
  close()
  return done
}

/** Pairs of places at which both have the same, in order. */
function kept(a: readonly string[], b: readonly string[]): [number, number][] {
  const [n, m] = [a.length, b.length]
  if (n === 0 || m === 0) return []
  const most = Math.min(n + m, STEPS_LIMIT)
  const reach = new Int32Array(2 * most + 3)
  const trace: Int32Array[] = []
  const at = (k: number): number => reach[k + most + 1] as number
  for (let d = 0; d <= most; d += 1) {
    // Of each step only as much as it can have reached.
    trace.push(reach.slice(most + 1 - d - 1, most + 1 + d + 2))
    for (let k = -d; k <= d; k += 2) {
      let x = k === -d || (k !== d && at(k - 1) < at(k + 1)) ? at(k + 1) : at(k - 1) + 1
      while (x < n && x - k < m && a[x] === b[x - k]) x += 1
      reach[k + most + 1] = x
      if (x >= n && x - k >= m) return walkedBack(trace, n, m)
    }
  }
  return []
}

function walkedBack(trace: readonly Int32Array[], n: number, m: number): [number, number][] {
  const pairs: [number, number][] = []
  let [x, y] = [n, m]
  for (let d = trace.length - 1; d >= 0; d -= 1) {
    const reach = trace[d] as Int32Array
    const at = (k: number): number => reach[k + d + 1] as number
    const k = x - y
    const from = k === -d || (k !== d && at(k - 1) < at(k + 1)) ? k + 1 : k - 1
    const startX = d === 0 ? 0 : at(from)
    const startY = d === 0 ? 0 : startX - from
    while (x > startX && y > startY) {
      x -= 1
      y -= 1
      pairs.push([x, y])
    }
    ;[x, y] = [startX, startY]
  }
  return pairs.reverse()
}

/** Words that stay and are far from every change are left out; `undefined` stands for them. */
export function nearChanges<T>(pieces: readonly Piece<T>[], around: number): (Piece<T> | undefined)[] {
  return pieces.flatMap((piece, index): (Piece<T> | undefined)[] => {
    if (piece.state !== 'same' || piece.of.length <= 2 * around + 4) return [piece]
    const head: (Piece<T> | undefined)[] = index === 0 ? [] : [{ state: 'same', of: piece.of.slice(0, around) }]
    const tail: (Piece<T> | undefined)[] = index === pieces.length - 1 ? [] : [{ state: 'same', of: piece.of.slice(-around) }]
    return [...head, undefined, ...tail]
  })
}
