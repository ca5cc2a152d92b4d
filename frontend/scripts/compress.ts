/** Writes a .gz and a .br beside every built file that gets smaller by it, for `turnout up` to serve as they are. */
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const DIST = join(dirname(dirname(fileURLToPath(import.meta.url))), 'dist')
const TEXT = /\.(css|html|js|svg)$/
// Below it, the headers outweigh what is saved.
const WORTH_BYTES = 1024

const CODINGS: Record<string, (content: Buffer) => Buffer> = {
  gz: (content) => gzipSync(content, { level: 9 }),
  br: (content) => brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: content.length } }),
}

for (const name of await readdir(DIST, { recursive: true })) {
  if (!TEXT.test(name)) continue
  const content = await readFile(join(DIST, name))
  if (content.length < WORTH_BYTES) continue
  for (const [suffix, packed] of Object.entries(CODINGS))
    await writeFile(join(DIST, `${name}.${suffix}`), packed(content))
}
