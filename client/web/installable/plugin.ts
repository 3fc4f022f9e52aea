// What makes the page one that can be put on a device and opens without the node: icons, a manifest in each language, and the worker with the
// list of all files of this very build.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { FluentBundle, FluentResource } from '@fluent/bundle'
import { build, type Plugin } from 'vite'
import type { Build, BuildFile } from '../src/worker/build'
import { drawIcon, type Cut } from './icons.ts'

const LANGUAGES = ['kk', 'ru', 'en']
const ICONS: { name: string; size: number; cut: Cut }[] = [
  { name: 'icon-192.png', size: 192, cut: 'rounded' },
  { name: 'icon-512.png', size: 512, cut: 'rounded' },
  { name: 'icon-maskable-512.png', size: 512, cut: 'maskable' },
]
const WORKER = 'src/worker/worker.ts'
/** The reader of PDF, two megabytes with its decoders: nothing for a device that is without its node, since files come from the node alone. */
const LATER = /^assets\/(pdfworker|jbig2|openjpeg)-/
/** The build tool names files by their content under `assets/`. */
const hasHashedName = (name: string): boolean => name.startsWith('assets/')

export function installable(root: string): Plugin {
  return {
    name: 'jeli-installable',
    apply: 'build',
    enforce: 'post',
    generateBundle: {
      order: 'post',
      async handler(_, bundle) {
        const emit = (fileName: string, source: string | Uint8Array) => this.emitFile({ type: 'asset', fileName, source })
        const contents = new Map<string, string | Uint8Array>()
        for (const output of Object.values(bundle)) contents.set(output.fileName, output.type === 'chunk' ? output.code : output.source)
        for (const name of readdirSync(join(root, 'public'))) contents.set(name, readFileSync(join(root, 'public', name)))
        const svg = readFileSync(join(root, 'public/icon.svg'), 'utf8')
        const made = new Map<string, string | Uint8Array>([
          ...ICONS.map(({ name, size, cut }): [string, Buffer] => [name, drawIcon(svg, size, cut)]),
          ...LANGUAGES.map((language): [string, string] => [`manifest.${language}.webmanifest`, manifest(root, language)]),
        ])
        for (const [name, source] of made) {
          emit(name, source)
          contents.set(name, source)
        }
        emit('sw.js', await worker(root, listOf(contents)))
      },
    },
  }
}

function listOf(contents: ReadonlyMap<string, string | Uint8Array>): Build {
  const files = [...contents].filter(([name]) => !LATER.test(name)).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, source]): BuildFile => {
    const path = `/${name}`
    return hasHashedName(name) ? { path } : { path, sha256: createHash('sha256').update(source).digest('hex') }
  })
  return { id: createHash('sha256').update(JSON.stringify(files)).digest('hex').slice(0, 16), files }
}

async function worker(root: string, list: Build): Promise<string> {
  const built = await build({
    root,
    configFile: false,
    publicDir: false,
    logLevel: 'error',
    define: { BUILD: JSON.stringify(list) },
    build: { write: false, target: 'es2022', rollupOptions: { input: join(root, WORKER), output: { format: 'iife', entryFileNames: 'sw.js' } } },
  })
  const outputs = (Array.isArray(built) ? built : [built]).flatMap((each) => ('output' in each ? each.output : []))
  const chunk = outputs.find((output) => output.type === 'chunk')
  if (!chunk || outputs.length !== 1) throw new Error('the worker was to be one file')
  return chunk.code
}

function manifest(root: string, language: string): string {
  const words = new FluentBundle(language, { useIsolating: false })
  words.addResource(new FluentResource(readFileSync(join(root, '../locales', language, 'away.ftl'), 'utf8')))
  const say = (id: string) => {
    const message = words.getMessage(id)
    if (!message?.value) throw new Error(`away.ftl of ${language} does not say ${id}`)
    return words.formatPattern(message.value)
  }
  const icons = ICONS.map(({ name, size, cut }) => ({ src: `/${name}`, sizes: `${size}x${size}`, type: 'image/png', purpose: cut === 'maskable' ? 'maskable' : 'any' }))
  return JSON.stringify({
    id: '/',
    start_url: '/',
    scope: '/',
    display: 'standalone',
    lang: language,
    name: say('device-name'),
    short_name: say('device-short-name'),
    description: say('device-description'),
    background_color: '#ece7dd',
    theme_color: '#ece7dd',
    icons: [...icons, { src: '/icon.svg', sizes: 'any', type: 'image/svg+xml', purpose: 'any' }],
  })
}
