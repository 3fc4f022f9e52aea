// What changed since a person was last here, on this device. What was there then is kept by document: words that another school wrote
// last week and that came today are new here, whatever their date says.
import type { Keeping } from './copies'
import type { DocumentInfo, UnixMs } from './types'

/** One who looks in again within this time has not been away. */
export const VISIT_MS = 3_600_000
/** Of one person at one device, so that a region's documents do not fill what the browser keeps. */
export const DOCUMENTS_LIMIT = 2_000

const ALL = 'jeli.last-here/'

/** When, and how each document stood: the seconds of its newest change. */
export interface Look {
  at: UnixMs
  documents: Record<string, number>
}

const stands = ({ changed_at }: DocumentInfo): number => Math.floor((changed_at ?? 0) / 1000)

function lookAt(documents: readonly DocumentInfo[], at: UnixMs): Look {
  const newest = [...documents].sort((a, b) => (b.changed_at ?? 0) - (a.changed_at ?? 0)).slice(0, DOCUMENTS_LIMIT)
  return { at, documents: Object.fromEntries(newest.map((document) => [document.id, stands(document)])) }
}

export class LastHere {
  readonly #keeping: Keeping | undefined
  readonly #key: string
  /** How it was when the person was last here; none at a device where they were never. */
  readonly before: Look | undefined

  constructor(keeping: Keeping | undefined, person: string, now: UnixMs) {
    this.#keeping = keeping
    this.#key = ALL + encodeURIComponent(person)
    const { before, latest } = this.#read()
    const away = latest !== undefined && !(now - latest.at >= 0 && now - latest.at < VISIT_MS)
    this.before = away ? latest : before
  }

  /** The person sees the list. */
  look(documents: readonly DocumentInfo[], now: UnixMs): void {
    try {
      this.#keeping?.setItem(this.#key, JSON.stringify({ before: this.before, latest: lookAt(documents, now) }))
    } catch {
      // A browser that keeps nothing more forgets when one was here.
    }
  }

  /** The person has read the document as it stands. */
  read(document: DocumentInfo): void {
    if (this.before) this.before.documents[document.id] = stands(document)
  }

  isNew(document: DocumentInfo): boolean {
    if (!this.before || document.state !== 'here') return false
    const then = this.before.documents[document.id]
    if (then !== undefined) return then !== stands(document)
    // Where not all were kept, the others were older than those.
    return Object.keys(this.before.documents).length < DOCUMENTS_LIMIT || stands(document) * 1000 > this.before.at
  }

  #read(): { before?: Look; latest?: Look } {
    try {
      const kept: unknown = JSON.parse(this.#keeping?.getItem(this.#key) ?? '{}')
      const { before, latest } = kept as { before?: unknown; latest?: unknown }
      return { ...(isLook(before) ? { before } : {}), ...(isLook(latest) ? { latest } : {}) }
    } catch {
      return {}
    }
  }
}

function isLook(value: unknown): value is Look {
  if (typeof value !== 'object' || value === null || !('at' in value) || !('documents' in value)) return false
  return typeof value.at === 'number' && typeof value.documents === 'object' && value.documents !== null
}

/** When a person signs out, nothing of where they were stays at a shared computer. */
export function forgetLastHere(keeping: Keeping | undefined, person: string): void {
  try {
    keeping?.removeItem(ALL + encodeURIComponent(person))
  } catch {
    // Nothing is kept there.
  }
}
