/** Checks the built files against the budget of the first load, gzipped; fails beyond it. */
import { readFile, readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

const DIST = join(dirname(dirname(fileURLToPath(import.meta.url))), 'dist')
const SCRIPT_MAX_BYTES = 120 * 1024
const LOOK_MAX_BYTES = 60 * 1024

async function gzipped(file: string): Promise<number> {
  return gzipSync(await readFile(join(DIST, file)), { level: 9 }).length
}

async function sum(files: Iterable<string>): Promise<number> {
  let bytes = 0
  for (const file of files) bytes += await gzipped(file)
  return bytes
}

/** The files of `entries` and of their static imports. */
function filesOf(manifest: Record<string, Chunk>, ...entries: string[]): Set<string> {
  const files = new Set<string>()
  const follow = (key: string): void => {
    const chunk = manifest[key]
    if (!chunk || files.has(chunk.file)) return
    files.add(chunk.file)
    for (const each of chunk.css ?? []) files.add(each)
    chunk.imports?.forEach(follow)
  }
  entries.forEach(follow)
  return files
}

interface Chunk {
  file: string
  css?: string[]
  imports?: string[]
}

const manifest = JSON.parse(await readFile(join(DIST, '.vite/manifest.json'), 'utf8')) as Record<string, Chunk>
const first = filesOf(manifest, 'index.html', 'src/event-list/EventsPage.vue')
const reference = filesOf(manifest, 'api-docs.html') // a page of its own
const assets = (await readdir(join(DIST, 'assets'))).map((name) => `assets/${name}`)
const script = await sum([...first].filter((name) => name.endsWith('.js')))
// All of the application's: a page that is split off brings no style that is not counted here.
const look = await sum(assets.filter((name) => /\.(css|woff2)$/.test(name) && !reference.has(name)))

const kib = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KB`
console.log(`JavaScript of the first load  ${kib(script)} of ${kib(SCRIPT_MAX_BYTES)}`)
console.log(`Fonts and CSS                 ${kib(look)} of ${kib(LOOK_MAX_BYTES)}`)
for (const name of assets.filter((each) => each.endsWith('.js'))) {
  console.log(`  ${first.has(name) ? 'first' : 'later'}  ${kib(await gzipped(name)).padStart(9)}  ${name}`)
}
if (script > SCRIPT_MAX_BYTES || look > LOOK_MAX_BYTES) {
  console.error('Beyond the budget.')
  process.exitCode = 1
}
