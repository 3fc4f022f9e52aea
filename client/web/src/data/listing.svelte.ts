// The documents and spaces this school can see, kept fresh by events.
import { keeping } from '../away/keeping.svelte'
import { ApiError, api } from './api'
import { events } from './events.svelte'
import { session } from './session.svelte'
import type { DocumentInfo, Space } from './types'

/** Events come in bursts (one per entry that arrives); one question answers them all. */
const GATHER_MS = 150

class Listing {
  documents = $state.raw<DocumentInfo[] | undefined>()
  spaces = $state.raw<Space[]>([])
  error = $state.raw<ApiError | undefined>()
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor() {
    const soon = () => this.#soon()
    events.on('documents', soon)
    events.on('network', soon)
    events.on('status', soon)
    events.onOpen(soon)
  }

  /** A guest has one document and no list: the node would refuse it. */
  async refresh(): Promise<void> {
    if (session.me?.guest) return
    void keeping.lookUnsent()
    try {
      const [documents, spaces] = await Promise.all([api.documents(), api.spaces()])
      this.documents = documents
      this.spaces = spaces
      this.error = undefined
    } catch (error) {
      this.error = error instanceof ApiError ? error : new ApiError('unexpected_answer', 0)
      if (this.error.code === 'node_unreachable') await this.#showKept()
    }
  }

  /** The list as the node last told it, where this browser keeps it: the desk says as of when. */
  async #showKept(): Promise<void> {
    if (this.documents === undefined) {
      const [documents, spaces] = await Promise.all([keeping.recall('documents'), keeping.recall('spaces')])
      this.documents = documents?.value
      this.spaces = spaces?.value ?? []
    }
    if (session.asOf !== undefined && this.documents) this.error = undefined
  }

  space(id: string): Space | undefined {
    return this.spaces.find((space) => space.id === id)
  }

  #soon(): void {
    if (this.#timer !== undefined) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      void this.refresh()
    }, GATHER_MS)
  }
}

export const listing = new Listing()
