// The hostile files: made here, kept in `tests/hostile/files` of the repository, where the node's tests read them too. After a change here they are written anew by
// `JELI_HOSTILE=write npx vitest run tests/hostile.test.ts`.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gifs, webps } from './riff'
import { heifs } from './heif'
import { jpegs } from './jpeg'
import { pngs } from './png'
import { polyglots } from './polyglots'
import type { Hostile } from './case'

const ROOT = join(import.meta.dirname, '../../../../tests/hostile')
const FOLDER = join(ROOT, 'files')

export const corpus = (): Hostile[] => [...jpegs(), ...pngs(), ...webps(), ...gifs(), ...heifs(), ...polyglots()]

export const keptFiles = (): string[] => readdirSync(FOLDER).sort()
export const keptBytes = (name: string): Uint8Array<ArrayBuffer> => new Uint8Array(readFileSync(join(FOLDER, name)))
export const hostileNames = (): string[] => JSON.parse(readFileSync(join(ROOT, 'names.json'), 'utf8')) as string[]

export function write(files: readonly Hostile[]): void {
  rmSync(FOLDER, { recursive: true, force: true })
  mkdirSync(FOLDER, { recursive: true })
  for (const { name, bytes } of files) writeFileSync(join(FOLDER, name), bytes)
}
