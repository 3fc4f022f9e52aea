// Copies of whole documents in this browser, for a person who has chosen to keep them on this device. Bounded in bytes: those that were only
// fetched go first, then those that were opened longest ago.
import { KEPT_DOCUMENT_LIMIT_BYTES, KEPT_LIMIT_BYTES } from './limits'
import { StoreFault, type KeptContent, type KeptDocument, type Store } from './store'

export type Copy = KeptDocument & KeptContent

/** `kept`, or why not: one too large to keep, or a browser without room. */
export type Outcome = 'kept' | 'too_large' | 'full' | 'unavailable'

export async function keepCopy(store: Store, copy: Omit<Copy, 'size'>): Promise<Outcome> {
  const size = copy.bytes.length
  if (size > KEPT_DOCUMENT_LIMIT_BYTES) return 'too_large'
  const { bytes, ...about } = copy
  try {
    const others = (await store.all('documents')).filter(({ id }) => id !== copy.id)
    const gone = tooMany(others, KEPT_LIMIT_BYTES - size)
    const write = () =>
      store.write(['documents', 'contents'], (rows) => {
        for (const id of gone) for (const table of ['documents', 'contents'] as const) rows(table).delete(id)
        rows('documents').put({ ...about, size })
        rows('contents').put({ id: copy.id, bytes })
      })
    await write().catch(async (fault: unknown) => {
      if (!(fault instanceof StoreFault) || fault.kind !== 'full' || !(await makeRoom(store, copy.id))) throw fault
      await write()
    })
    return 'kept'
  } catch (fault) {
    return fault instanceof StoreFault ? fault.kind : 'unavailable'
  }
}

/** Which of `documents` go so that the rest fits in `room` bytes. */
export function tooMany(documents: readonly KeptDocument[], room: number): string[] {
  const newestFirst = [...documents].sort((a, b) => b.opened - a.opened || b.at - a.at)
  let sum = 0
  return newestFirst.filter(({ size }) => (sum += size) > room).map(({ id }) => id)
}

export async function copyOf(store: Store, id: string): Promise<Copy | undefined> {
  const [about, content] = await Promise.all([store.get('documents', id), store.get('contents', id)]).catch(() => [undefined, undefined])
  return about && content && { ...about, ...content }
}

export async function dropCopy(store: Store, id: string): Promise<void> {
  await store
    .write(['documents', 'contents'], (rows) => {
      rows('documents').delete(id)
      rows('contents').delete(id)
    })
    .catch(() => undefined)
}

/** Lets go of all copies but that of `id`. Resolves to whether there were any. */
export async function makeRoom(store: Store, id: string): Promise<boolean> {
  const others = (await store.all('documents').catch(() => [])).filter((each) => each.id !== id)
  if (others.length === 0) return false
  await store.write(['documents', 'contents'], (rows) => {
    for (const each of others) {
      rows('documents').delete(each.id)
      rows('contents').delete(each.id)
    }
  })
  return true
}
