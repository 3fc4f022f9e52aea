// Starts a real node in a folder of its own and stops it again.
import { spawn } from "node:child_process"
import { execFileSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"

const program = process.env.JELI ?? new URL("../../target/debug/jeli", import.meta.url).pathname

export async function startNode() {
  const data = mkdtempSync(join(tmpdir(), "jeli-interop-"))
  execFileSync(program, ["--data", data, "--json", "init", "--name", "interop", "--school", "№12 мектеп"])
  const child = spawn(
    program,
    ["--data", data, "--json", "run", "--listen", "127.0.0.1:0", "--peer-port", "0", "--peer-address", "127.0.0.1", "--no-mdns"],
    { stdio: ["ignore", "pipe", process.env.JELI_LOG ? "inherit" : "ignore"] },
  )
  const started = new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).once("line", line => resolve(JSON.parse(line)))
    child.once("exit", code => reject(new Error(`the node ended with ${code}`)))
  })
  const { address, setup_code } = await started
  const token = readFileSync(join(data, "control.token"), "utf8").trim()
  return {
    address,
    token,
    setupCode: setup_code,
    socket: `${address.replace("http://", `ws://control:${token}@`)}/sync`,
    async api(method, path, body) {
      const answer = await fetch(address + path, {
        method,
        headers: { authorization: `Bearer ${token}`, ...(body && { "content-type": "application/json" }) },
        body: body && JSON.stringify(body),
      })
      const text = await answer.text()
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
      return text ? JSON.parse(text) : undefined
    },
    async stop(signal = "SIGTERM") {
      const ended = new Promise(resolve => child.once("exit", resolve))
      child.kill(signal)
      const code = await ended
      if (signal === "SIGTERM") rmSync(data, { recursive: true, force: true })
      return code
    },
  }
}
