// Runs our programs as people do and stops them in order. Ready means: the program said so, never: some time has passed.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** A node is ready in seconds, three schools with their documents in some ten; a loaded machine takes several times that. */
const READY_WITHIN_MS = 120_000
const STOPPED_WITHIN_MS = 30_000

function program(variable) {
  const path = process.env[variable]
  if (!path) throw new Error(`${variable} names no program: run these tests with \`cargo xtask test browser\``)
  return path
}

/** Starts a program; `ready` is the JSON of its first line. */
async function start(path, args, { onStop }) {
  const child = spawn(path, args, { stdio: ['pipe', 'pipe', 'pipe'] })
  let said = ''
  child.stderr.on('data', (data) => (said = (said + data).slice(-20_000)))
  const exited = once(child, 'exit')
  const lines = createInterface({ input: child.stdout })
  const late = AbortSignal.timeout(READY_WITHIN_MS)
  const first = await Promise.race([
    once(lines, 'line', { signal: late }).then(([line]) => line),
    exited.then(([code]) => Promise.reject(new Error(`${path} ended with ${code}:\n${said}`))),
  ]).catch((error) => {
    child.kill('SIGKILL')
    throw new Error(`${path} ${args.join(' ')} did not get ready: ${error.message}\n${said}`)
  })
  return {
    ready: JSON.parse(first),
    async stop() {
      onStop(child)
      const kill = setTimeout(() => child.kill('SIGKILL'), STOPPED_WITHIN_MS)
      const [code, signal] = await exited
      clearTimeout(kill)
      if (code !== 0) throw new Error(`${path} stopped with ${code ?? signal}:\n${said}`)
    },
  }
}

/** Runs to the end; resolves to the JSON that it printed. */
async function run(path, args, input = '') {
  const child = spawn(path, args, { stdio: 'pipe' })
  let [answer, said] = ['', '']
  child.stdout.on('data', (data) => (answer += data))
  child.stderr.on('data', (data) => (said += data))
  // A program that wants no words may have ended before it is told that there are none.
  child.stdin.end(input === '' ? undefined : input)
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`${path} ${args.join(' ')} ended with ${code}: ${said}`)
  return JSON.parse(answer)
}

/** A port that nobody has just now. */
async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

async function folder() {
  const path = await mkdtemp(join(tmpdir(), 'jeli-browser-'))
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}

/** A new node without an account: `{ address, setupCode, sheet, stop }`, and `end` and `begin` for one that goes and comes back with its data.
 * With the sheet of a school that has a node it is another computer of that one. */
export async function startNode(school, sheet) {
  const jeli = program('JELI')
  const data = await folder()
  const made = await run(jeli, ['--data', data.path, '--json', 'init', '--name', 'test', '--school', school, ...(sheet ? ['--with-sheet'] : [])], sheet?.join(' '))
  // The same whenever it begins: others look for it where it was.
  const local = ['--peer-port', String(await freePort()), '--peer-address', '127.0.0.1', '--no-mdns']
  const begin = (listen) => start(jeli, ['--data', data.path, '--json', 'run', '--listen', listen, ...local], { onStop: (child) => child.kill('SIGTERM') })
  let node = await begin('127.0.0.1:0')
  const { address, setup_code: setupCode } = node.ready
  return {
    address,
    setupCode,
    sheet: made.sheet,
    async end() {
      await node?.stop()
      node = undefined
    },
    async begin() {
      node = await begin(new URL(address).host)
    },
    async stop() {
      await node?.stop()
      await data.remove()
    },
  }
}

/** A new node on a computer of its own (`lan.js`), which meets others by multicast as it would in a school: `{ setupCode, sheet, stop }`. */
export async function startOn(computer, school, sheet) {
  const jeli = program('JELI')
  const data = await folder()
  const made = await run(jeli, ['--data', data.path, '--json', 'init', '--name', 'test', '--school', school, ...(sheet ? ['--with-sheet'] : [])], sheet?.join(' '))
  const [path, ...before] = computer.within
  const args = [...before, jeli, '--data', data.path, '--json', 'run', '--listen', `0.0.0.0:${computer.port}`]
  const node = await start(path, args, { onStop: (child) => child.kill('SIGTERM') })
  return {
    setupCode: node.ready.setup_code,
    sheet: made.sheet,
    async stop() {
      await node.stop()
      await data.remove()
    },
  }
}

/** Three schools of a network with their documents: `{ schools: [{ name, language, page, folder, director: { name, login, password } }], stop }`. */
export async function startSchools() {
  const data = await folder()
  const args = ['--jeli', program('JELI'), '--folder', join(data.path, 'schools'), '--json']
  const demo = await start(program('JELI_DEMO'), args, { onStop: (child) => child.stdin.end() })
  return {
    // The demo names each school's folder as its page is named.
    schools: demo.ready.schools.map((school) => ({ ...school, folder: join(data.path, 'schools', new URL(school.page).hostname.split('.')[0]) })),
    async stop() {
      await demo.stop()
      await data.remove()
    },
  }
}
