/** Draws favicon.svg as the icons that browsers and phones ask for, beside the built files. */
import { readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Resvg } from '@resvg/resvg-js'

const DIST = join(dirname(dirname(fileURLToPath(import.meta.url))), 'dist')
const ICO_PX = 32

const svg = await readFile(join(DIST, 'favicon.svg'), 'utf8')
// Phones cut their own corners, so that these icons have none, and their drawing keeps away from the edges.
const [, ground] = /<rect [^>]*fill="([^"]+)"\/>/.exec(svg) ?? []
if (ground === undefined) throw new Error('favicon.svg has no ground')
const full = svg.replace('viewBox="0 0 32 32"', 'viewBox="-4 -4 40 40"').replace(/ rx="\d+"/, '')

function png(drawing: string, width: number): Buffer {
  return new Resvg(drawing, {
    fitTo: { mode: 'width', value: width },
    background: drawing === full ? ground : undefined,
  })
    .render()
    .asPng()
}

/** An ICO file with one image, which is a PNG (Windows Vista and later): a directory of one entry, then the image. */
function ico(image: Buffer): Buffer {
  const head = Buffer.alloc(22)
  head.writeUInt16LE(1, 2) // an icon
  head.writeUInt16LE(1, 4) // one image
  head.writeUInt8(ICO_PX, 6)
  head.writeUInt8(ICO_PX, 7)
  head.writeUInt16LE(1, 10) // colour planes
  head.writeUInt16LE(32, 12) // bits of a pixel
  head.writeUInt32LE(image.length, 14)
  head.writeUInt32LE(head.length, 18)
  return Buffer.concat([head, image])
}

await writeFile(join(DIST, 'favicon.ico'), ico(png(svg, ICO_PX)))
await writeFile(join(DIST, 'apple-touch-icon.png'), png(full, 180))
await writeFile(join(DIST, 'icon-192.png'), png(full, 192))
await writeFile(join(DIST, 'icon-512.png'), png(full, 512))
