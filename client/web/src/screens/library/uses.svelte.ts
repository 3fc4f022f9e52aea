// Where the materials of a library are used: documents that have the same file, and documents that link to it.
import { ApiError, api } from '../../data/api'
import { listing } from '../../data/listing.svelte'
import type { DocumentInfo, Kind } from '../../data/types'
import { said, type Library } from '../../edit/kinds'
import type { Id } from '../../edit/order'
import { linksTo } from './used'

/** The kinds whose items have links. What a talk is about stands in the list already. */
const LINKING: readonly Kind[] = ['notebook', 'portfolio', 'library']
/** Each is asked for whole: so many, the newest, at a time when somebody has asked. */
const LOOKED_THROUGH = 60

export class Uses {
  state = $state<'unasked' | 'looking' | 'known'>('unasked')
  error = $state.raw<unknown>()
  /** Documents that could link here and were not looked through, being older than so many others. */
  beyond = $state(0)
  /** By hash. */
  #files = $state.raw<ReadonlyMap<string, readonly string[]>>(new Map())
  /** The links that lead here, by document. */
  #links = $state.raw<ReadonlyMap<string, ReadonlySet<string>>>(new Map())
  readonly #library: string
  #looking: Promise<void> | undefined

  constructor(library: string) {
    this.#library = library
  }

  /** The documents that use one material. */
  of(library: Library, material: Id): DocumentInfo[] {
    const at = `materials/${material}`
    const link = `${this.#library}/${at}`
    const using = new Set(Object.values(library.files ?? {}).filter((file) => said(file?.at) === at).flatMap((file) => this.#files.get(said(file.hash)) ?? []))
    for (const [document, links] of this.#links) if (links.has(link)) using.add(document)
    return this.#listed(using)
  }

  /** The documents that lead to the library as a whole. */
  get ofAll(): DocumentInfo[] {
    return this.#listed(new Set([...this.#links].filter(([, links]) => links.has(this.#library)).map(([document]) => document)))
  }

  /** Asked anew each time: others go on writing. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => (this.#looking = undefined))
    return this.#looking
  }

  async #look(): Promise<void> {
    if (this.state === 'unasked') this.state = 'looking'
    try {
      if (listing.documents === undefined) await listing.refresh()
      const documents = (listing.documents ?? []).filter(({ id }) => id !== this.#library)
      const linking = documents.filter(({ kind, state }) => LINKING.includes(kind) && state === 'here').sort((a, b) => (b.changed_at ?? 0) - (a.changed_at ?? 0))
      this.beyond = Math.max(0, linking.length - LOOKED_THROUGH)
      this.#files = new Map((await api.fileUses(this.#library)).map(({ hash, documents: using }) => [hash, using]))
      const links = new Map<string, ReadonlySet<string>>()
      for (const { id, facts } of documents) if (facts) links.set(id, linksTo(facts.about, this.#library))
      for (const { id } of linking.slice(0, LOOKED_THROUGH)) links.set(id, await this.#linksIn(id))
      this.#links = links
      this.error = undefined
      this.state = 'known'
    } catch (error) {
      this.error = error
    }
  }

  /** A document that went away meanwhile has no links. */
  async #linksIn(document: string): Promise<ReadonlySet<string>> {
    try {
      return linksTo((await api.content(document)).content, this.#library)
    } catch (error) {
      if (error instanceof ApiError && error.code === 'node_unreachable') throw error
      return new Set()
    }
  }

  /** As the list has them, the newest first. What is in no list, nobody goes to. */
  #listed(ids: ReadonlySet<string>): DocumentInfo[] {
    return (listing.documents ?? []).filter(({ id, kind }) => ids.has(id) && kind !== 'companion').sort((a, b) => (b.changed_at ?? 0) - (a.changed_at ?? 0))
  }
}
