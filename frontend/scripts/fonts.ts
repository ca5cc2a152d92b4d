/**
 * Cuts the fonts of @fontsource-variable down to what the page shows: Latin letters, and of Bricolage Grotesque one
 * display cut. Run by hand (`npm run fonts`) when a font is updated; the results are committed.
 */
import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import subsetFont from 'subset-font'

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))
const SOURCE = join(ROOT, 'node_modules/@fontsource-variable')
const TARGET = join(ROOT, 'src/fonts')

function range(from: number, to: number): string {
  return String.fromCodePoint(...Array.from({ length: to - from + 1 }, (_, index) => from + index))
}

/** Basic Latin, Latin-1, and the punctuation and letters of western and some central European text. */
const LETTERS = range(0x20, 0x7e) + range(0xa0, 0xff) + '–—‘’‚“”„•…‹›€™−×→←↑↓ŒœŠšŽžŁłı'

interface Cut {
  family: string
  file: string
  axes: Record<string, number | { min: number; max: number }>
}

const CUTS: Cut[] = [
  {
    family: 'inter',
    file: 'inter-latin-wght-normal.woff2',
    axes: { wght: { min: 400, max: 650 } },
  },
  {
    family: 'bricolage-grotesque',
    file: 'bricolage-grotesque-latin-standard-normal.woff2',
    axes: { wght: 700, opsz: 60, wdth: 92 },
  },
]

for (const { family, file, axes } of CUTS) {
  const whole = await readFile(join(SOURCE, family, 'files', file))
  const cut = await subsetFont(whole, LETTERS, { targetFormat: 'woff2', variationAxes: axes })
  await writeFile(join(TARGET, `${family}.woff2`), cut)
  await copyFile(join(SOURCE, family, 'LICENSE'), join(TARGET, `${family}.LICENSE.txt`))
}
