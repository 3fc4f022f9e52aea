// Switches and computers on them, as network namespaces of this machine: what finds each other by multicast must share a network, and no more.
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
/** Names of interfaces have 15 characters at most. */
const RUN = `jl${process.pid.toString(36)}`
const PORT = 8080

const ip = (...args) => run('ip', args)

/** Whether this machine lends namespaces to tests. */
export async function isLent() {
  const name = `${RUN}try`
  try {
    await ip('netns', 'add', name)
    await ip('netns', 'del', name)
    return true
  } catch {
    return false
  }
}

/** Switches without any way to elsewhere, and computers that are plugged into one or another. */
export class Lans {
  #cupboard = `${RUN}sw`
  #window = `${RUN}br`
  #switches = new Map()
  #computers = []
  #folder

  /** `switches`: each one's name with its network, such as `{ a: '192.168.231' }`. */
  static async open(switches) {
    const lans = new Lans()
    await ip('netns', 'add', lans.#cupboard)
    await ip('netns', 'add', lans.#window)
    for (const [name, net] of Object.entries(switches)) {
      lans.#switches.set(name, net)
      await ip('-n', lans.#cupboard, 'link', 'add', name, 'type', 'bridge')
      await ip('-n', lans.#cupboard, 'link', 'set', name, 'up')
      // The browser of these tests is plugged in everywhere and stays so: one whose network changes drops what it is loading.
      await ip('link', 'add', `${RUN}w${name}`, 'netns', lans.#window, 'type', 'veth', 'peer', 'name', `w${name}`, 'netns', lans.#cupboard)
      await ip('-n', lans.#cupboard, 'link', 'set', `w${name}`, 'master', name, 'up')
      await ip('-n', lans.#window, 'link', 'set', `${RUN}w${name}`, 'up')
      await ip('-n', lans.#window, 'address', 'add', `${net}.254/24`, 'dev', `${RUN}w${name}`)
    }
    await ip('-n', lans.#window, 'link', 'set', 'lo', 'up')
    lans.#folder = await mkdtemp(join(tmpdir(), 'jeli-lan-'))
    return lans
  }

  /** A program that starts the browser where it reaches all switches. */
  async browser() {
    const start = join(this.#folder, 'browser')
    await writeFile(start, `#!/bin/sh\nexec ip netns exec ${this.#window} "$JELI_CHROMIUM" "$@"\n`, { mode: 0o755 })
    return start
  }

  /** A computer, plugged in nowhere yet. Others may call it at `address(switch)` once it is. */
  async addComputer() {
    const number = this.#computers.length + 1
    const [namespace, far, cupboard] = [`${RUN}c${number}`, `c${number}`, this.#cupboard]
    this.#computers.push(namespace)
    await ip('netns', 'add', namespace)
    await ip('-n', namespace, 'link', 'set', 'lo', 'up')
    await ip('link', 'add', far, 'netns', cupboard, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace)
    const net = (name) => this.#switches.get(name)
    return {
      /** What is put before a command so that it runs there. */
      within: ['ip', 'netns', 'exec', namespace],
      port: PORT,
      /** Plugs it in at a switch. */
      async plug(name) {
        await ip('-n', cupboard, 'link', 'set', far, 'master', name, 'up')
        await ip('-n', namespace, 'link', 'set', 'eth0', 'up')
        await ip('-n', namespace, 'address', 'add', `${net(name)}.${number}/24`, 'dev', 'eth0')
        await ip('-n', namespace, 'route', 'replace', '224.0.0.0/4', 'dev', 'eth0')
      },
      /** Pulls its cable out. */
      async unplug() {
        await ip('-n', namespace, 'address', 'flush', 'dev', 'eth0')
        await ip('-n', cupboard, 'link', 'set', far, 'nomaster', 'down')
      },
      address: (name) => `http://${net(name)}.${number}:${PORT}`,
    }
  }

  /** Takes all of it away. */
  async remove() {
    for (const namespace of [...this.#computers, this.#window, this.#cupboard]) await ip('netns', 'del', namespace).catch(() => undefined)
    await rm(this.#folder, { recursive: true, force: true })
  }
}
