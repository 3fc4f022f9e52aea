// Who is at this page, and at which node.
import { ApiError, api, whenSignedOut, type NewAccount } from './api'
import { browserKeeping, forgetCopies } from './copies'
import { events } from './events.svelte'
import { forgetVisits } from '../history/visits'
import { locale } from '../locale/locale.svelte'
import type { Language, Me, NodeInfo, Sitting } from './types'

export type Standing = 'asking' | 'unreachable' | 'first_start' | 'signed_out' | 'signed_in'

/** How long the page waits before it asks again whether the node answers. */
const ASK_AGAIN_MS = 4_000

class Session {
  standing = $state<Standing>('asking')
  node = $state.raw<NodeInfo | undefined>()
  me = $state.raw<Me | undefined>()
  /** Whether this tab holds words that the node has not confirmed; set by the part of the page that holds documents. */
  unsaved: () => boolean = () => false
  /** Whether some of them stay here because the node does not answer. */
  stranded: () => boolean = () => false
  /** Whether a guest sat at this page, and their seat has ended. */
  seatEnded = $state(false)
  #lastPerson: string | undefined

  constructor() {
    whenSignedOut(() => this.#leave())
    events.onRefused = () => void api.me().catch(() => undefined)
  }

  async start(): Promise<void> {
    try {
      this.node = await api.node()
      if (this.node.setup_needed) {
        this.standing = 'first_start'
        return
      }
      await this.#enter()
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) {
        this.standing = 'signed_out'
        return
      }
      this.standing = 'unreachable'
      setTimeout(() => void this.start(), ASK_AGAIN_MS)
    }
  }

  async setup(account: NewAccount): Promise<void> {
    await api.setup(account)
    this.node = await api.node()
    await this.#enter()
  }

  async signIn(login: string, password: string): Promise<void> {
    await api.signIn(login, password)
    await this.#enter()
  }

  /** Takes a guest's seat. */
  async sit(sitting: Sitting): Promise<void> {
    await api.sit(sitting)
    this.seatEnded = false
    await this.#enter()
  }

  async signOut(to = '/'): Promise<void> {
    const person = this.me?.person.id
    await api.signOut()
    // A person's documents must not stay on a shared computer, neither in what its browser keeps nor in the memory of the page.
    if (person !== undefined) {
      forgetCopies(browserKeeping(), person)
      forgetVisits(browserKeeping(), person)
    }
    this.#leave()
    window.location.assign(to)
  }

  /** The page speaks the new language at once; the account remembers it when the node has heard. */
  async speak(language: Language): Promise<void> {
    await locale.use(language)
    if (this.standing === 'signed_in') await api.changeMe({ language })
  }

  get directs(): boolean {
    return this.me?.person.role === 'director'
  }

  /** Whether the person's role lets them make documents. */
  get creates(): boolean {
    return this.me !== undefined && this.me.person.role !== 'reader'
  }

  async #enter(): Promise<void> {
    const me = await api.me()
    if (this.#lastPerson !== undefined && this.#lastPerson !== whoIs(me)) {
      // Somebody else signed in at this page: nothing of the former person's may stay in its memory.
      location.reload()
      return
    }
    this.#lastPerson = whoIs(me)
    await locale.use(me.person.language)
    this.me = me
    this.standing = 'signed_in'
    events.start()
  }

  #leave(): void {
    events.stop()
    if (this.me?.guest) this.seatEnded = true
    this.me = undefined
    if (this.standing === 'signed_in') this.standing = 'signed_out'
  }
}

/** A guest who sits down again is the same person at another seat: what their tab still holds is theirs. */
function whoIs({ person, guest }: Me): string {
  return guest ? `${guest.document}\n${person.name}` : person.id
}

export const session = new Session()
