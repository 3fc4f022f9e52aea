// The line to the node for documents: Automerge's wasm, one repository, one WebSocket. Loaded after the first paint.
import { initializeWasm } from '@automerge/automerge/slim'
import { Repo } from '@automerge/automerge-repo/slim'
import { WebSocketClientAdapter } from '@automerge/automerge-repo-network-websocket'
import wasmUrl from '@automerge/automerge/automerge.wasm?url'

/** A node that restarts is back within seconds; knocking on one's own school costs nothing. */
const RECONNECT_MS = 1_500

class Line {
  /** Whether the node's end of the WebSocket has greeted us and has not left. */
  connected = $state(false)
  #repo: Repo | undefined
  #starting: Promise<Repo> | undefined
  #waiting: (() => void)[] = []

  repo(): Promise<Repo> {
    this.#starting ??= this.#start().catch((error: unknown) => {
      this.#starting = undefined
      throw error
    })
    return this.#starting
  }

  /** Resolves once the node has greeted us: before that automerge-repo would call every document unavailable. */
  async whenConnected(signal: AbortSignal): Promise<void> {
    await this.repo()
    if (this.connected) return
    await new Promise<void>((resolve, reject) => {
      this.#waiting.push(resolve)
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
    })
  }

  async #start(): Promise<Repo> {
    await initializeWasm(new Request(wasmUrl))
    if (this.#repo) return this.#repo
    const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:'
    const adapter = new WebSocketClientAdapter(`${scheme}//${location.host}/sync`, RECONNECT_MS)
    const repo = new Repo({ network: [adapter], isEphemeral: true })
    this.#repo = repo
    repo.networkSubsystem.on('peer', () => {
      this.connected = true
      for (const go of this.#waiting.splice(0)) go()
    })
    repo.networkSubsystem.on('peer-disconnected', () => {
      this.connected = false
    })
    return repo
  }
}

export const line = new Line()
