// Who is at this page, and at which node.
import { ApiError, api, whenSignedOut, type NewAccount } from './api'
import { browserKeeping } from './copies'
import { events } from './events.svelte'
import { forget, forgetSeats } from '../away/forgetting'
import { keeping } from '../away/keeping.svelte'
import { PATIENCE_MS } from '../away/limits'
import { languageToTell, setLanguageToTell, setSeatHere } from '../away/here'
import { locale } from '../locale/locale.svelte'
import type { Language, Me, NodeInfo, Sitting, UnixMs } from './types'

export type Standing = 'asking' | 'unreachable' | 'first_start' | 'signed_out' | 'signed_in'

/** How long the page waits before it asks again whether the node answers. */
const ASK_AGAIN_MS = 4_000

/** How long somebody who leaves waits for their last words to be confirmed. A node on the same Wi-Fi takes milliseconds. */
const LEAVE_WITHIN_MS = 5_000

class Session {
  standing = $state<Standing>('asking')
  node = $state.raw<NodeInfo | undefined>()
  me = $state.raw<Me | undefined>()
  /** Since when the node has not been asked: the desk was opened from what this browser keeps, and shows it as of then. */
  asOf = $state<UnixMs | undefined>()
  /** Whether this tab holds words that the node has not confirmed; set by the part of the page that holds documents. */
  unsaved: () => boolean = () => false
  /** Resolves once there are none, or to false after so long. */
  confirmed: (withinMs: number) => Promise<boolean> = () => Promise.resolve(true)
  /** Whether some of them are in this document. */
  unsavedIn: (document: string) => boolean = () => false
  /** Whether some of them stay here because the node does not answer. */
  stranded: () => boolean = () => false
  /** Files that are on their way from this tab, and how they are let go of; set by the part of the page that sends them. */
  filesUnderWay: () => number = () => 0
  /** The documents that they are on their way to. */
  filesIn: () => readonly string[] = () => []
  forgetsFiles: () => void = () => {}
  /** Whether the page is about to go because its person signs out. */
  #signsOut = false
  /** Whether a guest sat at this page, and their seat has ended. */
  seatEnded = $state(false)
  /** Who they said they were: under the same name they find what their tab still holds. */
  lastSeat = $state.raw<{ name: string; school: string }>()
  /** Whether some of them are on this device's disk meanwhile. */
  heldHere: () => boolean = () => false
  #lastPerson: string | undefined

  constructor() {
    whenSignedOut(() => this.#leave())
    events.onRefused = () => void api.me().catch(() => undefined)
  }

  async start(): Promise<void> {
    const patience = setTimeout(() => void this.#enterAway(), PATIENCE_MS)
    try {
      this.node = await api.node()
      clearTimeout(patience)
      if (this.node.setup_needed) {
        this.standing = 'first_start'
        return
      }
      await this.#enter()
    } catch (error) {
      clearTimeout(patience)
      if (error instanceof ApiError && error.status === 401) {
        this.#leave()
        this.standing = 'signed_out'
        if (this.#lastPerson === undefined) void forgetSeats(browserKeeping())
        return
      }
      if (!(await this.#enterAway())) this.standing = 'unreachable'
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

  async signOut(to = '/', files: 'wait' | 'forget' = 'wait'): Promise<void> {
    const person = this.me?.person.id
    const looks = () => {
      if (files === 'wait' && this.filesUnderWay() > 0) throw new ApiError('unsent_files', 0, { count: this.filesUnderWay() })
    }
    looks()
    if (!(await this.confirmed(LEAVE_WITHIN_MS))) throw new ApiError('unsaved_words', 0)
    // Words of an earlier tab may still be on this device alone.
    await keeping.lookUnsent()
    if (keeping.unsent.size > 0) throw new ApiError('unsent_words', 0)
    // One may have been added meanwhile.
    looks()
    this.#signsOut = true
    await api.signOut().catch((error: unknown) => {
      this.#signsOut = false
      throw error
    })
    this.forgetsFiles()
    // A person's documents must not stay on a shared computer, neither in what its browser keeps nor in the memory of the page.
    keeping.leave()
    if (person !== undefined) await forget(browserKeeping(), person)
    this.#leave()
    // Another page is coming: nobody begins to type in this one.
    this.standing = 'asking'
    window.location.assign(to)
  }

  /** The page speaks the new language at once; the account remembers it when the node has heard. */
  async speak(language: Language): Promise<void> {
    await locale.use(language)
    if (this.standing !== 'signed_in') return
    // Told when the node answers again, where it does not now.
    setLanguageToTell(browserKeeping(), this.#lastPerson, language)
    await api.changeMe({ language })
    setLanguageToTell(browserKeeping(), this.#lastPerson, undefined)
  }

  /** Whether somebody was at work here when the node said that nobody is signed in. */
  get interrupted(): boolean {
    return this.standing === 'signed_out' && this.#lastPerson !== undefined
  }

  /** Whether the node does not answer now, as far as is known. */
  get away(): boolean {
    return this.asOf !== undefined || events.lost
  }

  get directs(): boolean {
    return this.me?.person.role === 'director'
  }

  /** Whether the person's role lets them make documents. A guest makes none. */
  get creates(): boolean {
    return this.me !== undefined && !this.me.guest && this.me.person.role !== 'reader'
  }

  async #enter(): Promise<void> {
    const me = await api.me()
    if (this.#lastPerson !== undefined && this.#lastPerson !== whoIs(me)) {
      // Somebody else signed in at this page: nothing of the former person's may stay in its memory.
      this.forgetsFiles()
      location.reload()
      return
    }
    if (me.guest) setSeatHere(browserKeeping(), me.person.id, 'taken')
    // Where the same guest has sat down anew, what the tab still holds goes on under the former seat. Another tab may be slow to let go.
    if (this.#lastPerson === undefined) void forgetSeats(browserKeeping(), me.person.id)
    this.#lastPerson = whoIs(me)
    await keeping.enter(me.person.id)
    await this.#settleLanguage(me)
    this.me = me
    this.asOf = undefined
    this.standing = 'signed_in'
    events.start()
  }

  /** Opens the desk from what this browser keeps of whoever was signed in; false where they keep nothing here. */
  async #enterAway(): Promise<boolean> {
    if (this.standing === 'signed_in') return true
    const kept = await keeping.recallMe()
    // The node may have answered meanwhile.
    if (!kept || this.standing === 'signed_out' || this.standing === 'first_start' || this.me) return this.me !== undefined
    this.#lastPerson = whoIs(kept.value)
    this.node ??= (await keeping.recall('node'))?.value
    this.me = kept.value
    this.asOf = kept.at
    this.standing = 'signed_in'
    events.start()
    return true
  }

  /** The account's language, unless the person has chosen another while the node was away. */
  async #settleLanguage(me: Me): Promise<void> {
    const chosen = languageToTell(browserKeeping(), me.person.id)
    if (chosen === undefined) return locale.use(me.person.language)
    await locale.use(chosen)
    void api.changeMe({ language: chosen }).then(() => setLanguageToTell(browserKeeping(), me.person.id, undefined), () => undefined)
  }

  #leave(): void {
    events.stop()
    if (this.me?.guest) {
      this.seatEnded = true
      this.lastSeat = { name: this.me.person.name, school: this.me.guest.school }
    }
    keeping.leave()
    this.me = undefined
    this.asOf = undefined
    // Other questions may be answered that nobody is signed in before the other page has come.
    if (this.standing === 'signed_in') this.standing = this.#signsOut ? 'asking' : 'signed_out'
  }
}

/** A guest who sits down again is the same person at another seat: what their tab still holds is theirs. */
function whoIs({ person, guest }: Me): string {
  return guest ? `${guest.document}\n${person.name}` : person.id
}

export const session = new Session()
