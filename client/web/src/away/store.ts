// What this browser keeps of one person beyond the tab: a database of their own, so that nobody else's page ever opens it and all of
// it goes at once.
import type { UnixMs } from '../data/types'

/** One change as Automerge wrote it. */
export interface UnsentChange {
  hash: string
  bytes: Uint8Array
}

/** Changes of one opening of a document, not yet confirmed by the node. */
export interface UnsentRow {
  document: string
  /** Each opening of a document writes under an actor of its own, so these three are nobody else's. */
  actor: string
  number: number
  title: string
  at: UnixMs
  changes: UnsentChange[]
}

export interface KeptDocument {
  id: string
  /** As of when, by this computer's clock. */
  at: UnixMs
  /** When the person last had it open; 0 for one that was only fetched. */
  opened: UnixMs
  size: number
  /** The heads of the copy, and those that the node had named as its own by then. */
  heads: string[]
  nodeHeads: string[]
}

export interface KeptContent {
  id: string
  bytes: Uint8Array
}

/** What the node last answered at an address of its API. */
export interface KeptAnswer {
  path: string
  value: unknown
  at: UnixMs
}

interface Tables {
  unsent: UnsentRow
  documents: KeptDocument
  contents: KeptContent
  answers: KeptAnswer
}
export type Table = keyof Tables

const KEYS: Record<Table, string | string[]> = { unsent: ['document', 'actor', 'number'], documents: 'id', contents: 'id', answers: 'path' }
const VERSION = 1
const part = encodeURIComponent
const nameOf = (person: string): string => `jeli/${part(person)}`

/** `full`: the browser has no room left. `unavailable`: it keeps nothing, by its settings or by a fault. */
export class StoreFault extends Error {
  constructor(readonly kind: 'full' | 'unavailable', cause: unknown) {
    super(kind, { cause })
    this.name = 'StoreFault'
  }
}

function faultOf(error: unknown): StoreFault {
  const full = error instanceof Error || error instanceof DOMException ? error.name === 'QuotaExceededError' : false
  return new StoreFault(full ? 'full' : 'unavailable', error)
}

export class Store {
  readonly #person: string
  #ready: IDBDatabase | undefined
  #opening: Promise<IDBDatabase> | undefined
  #ended = false

  constructor(person: string) {
    this.#person = person
  }

  get<T extends Table>(table: T, key: IDBValidKey): Promise<Tables[T] | undefined> {
    return this.#read(table, (rows) => rows.get(key))
  }

  all<T extends Table>(table: T, within?: IDBKeyRange): Promise<Tables[T][]> {
    return this.#read(table, (rows) => rows.getAll(within))
  }

  keys(table: Table): Promise<IDBValidKey[]> {
    return this.#read(table, (rows) => rows.getAllKeys())
  }

  /** Resolves once it is written. Begins at once where the database is open: a page that is being left has no later. */
  write(tables: Table[], work: (rows: <T extends Table>(table: T) => Rows<Tables[T]>) => void): Promise<void> {
    const written = this.#ready ? transact(this.#ready, tables, work) : this.#open().then((database) => transact(database, tables, work))
    return written.catch((fault: unknown) => {
      // A connection that the browser has ended is opened anew next time.
      if (fault instanceof StoreFault && fault.kind === 'unavailable') this.close()
      throw fault
    })
  }

  /** What it kept is to be gone: whoever still holds on to it would make it anew. */
  end(): void {
    this.#ended = true
    this.close()
  }

  close(): void {
    this.#ready?.close()
    this.#ready = undefined
    this.#opening = undefined
  }

  async #read<T extends Table, R>(table: T, ask: (rows: IDBObjectStore) => IDBRequest<R>): Promise<R> {
    const database = await this.#open()
    return new Promise((resolve, reject) => {
      try {
        const request = ask(database.transaction(table).objectStore(table))
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(faultOf(request.error))
      } catch (error) {
        this.close()
        reject(faultOf(error))
      }
    })
  }

  #open(): Promise<IDBDatabase> {
    if (this.#ended) return Promise.reject(new StoreFault('unavailable', 'wiped'))
    this.#opening ??= open(this.#person).then(
      (database) => {
        if (this.#ended) {
          database.close()
          throw new StoreFault('unavailable', 'wiped')
        }
        this.#ready = database
        // Another tab wipes what is kept, or a newer page opens it: whoever holds on would stop them.
        database.onversionchange = () => this.close()
        database.onclose = () => this.close()
        return database
      },
      (error: unknown) => {
        this.#opening = undefined
        throw faultOf(error)
      },
    )
    return this.#opening
  }
}

export interface Rows<R> {
  put: (row: R) => void
  delete: (key: IDBValidKey | IDBKeyRange) => void
  clear: () => void
}

function transact(database: IDBDatabase, tables: Table[], work: (rows: <T extends Table>(table: T) => Rows<Tables[T]>) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    try {
      const transaction = database.transaction(tables, 'readwrite')
      transaction.oncomplete = () => resolve()
      transaction.onabort = () => reject(faultOf(transaction.error))
      work((table) => {
        const rows = transaction.objectStore(table)
        return { put: (row) => void rows.put(row), delete: (key) => void rows.delete(key), clear: () => void rows.clear() }
      })
      // Said now, all of it is with the browser before a page that is being left is gone.
      transaction.commit()
    } catch (error) {
      reject(faultOf(error))
    }
  })
}

function open(person: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(nameOf(person), VERSION)
    request.onupgradeneeded = () => {
      for (const [table, keyPath] of Object.entries(KEYS)) request.result.createObjectStore(table, { keyPath })
    }
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error('no database'))
    // Another tab holds an older form of it and does not let go.
    request.onblocked = () => reject(new Error('blocked'))
  })
}

const stores = new Map<string, Store>()

export function storeOf(person: string): Store {
  const known = stores.get(person) ?? new Store(person)
  stores.set(person, known)
  return known
}

/** Deletes all that this browser keeps of the person. */
export function wipe(person: string): Promise<void> {
  stores.get(person)?.end()
  stores.delete(person)
  return new Promise((resolve) => {
    try {
      const request = indexedDB.deleteDatabase(nameOf(person))
      request.onsuccess = () => resolve()
      request.onerror = () => resolve()
    } catch {
      resolve()
    }
  })
}

/** Everything of one document in a table whose keys begin with its id. */
export function ofDocument(id: string): IDBKeyRange {
  return IDBKeyRange.bound([id], [id, []])
}
