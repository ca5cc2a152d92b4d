/** The file of an import, before it is sent. */
import { LIMITS } from '@/limits.generated'

const MAX_BYTES = LIMITS.import.file.maxLength
const MIB = 1024 * 1024

/** `1 MiB`, `2.4 MiB`. It rounds up, so that a file that is too large never looks as if it fits. */
export function sizeWords(bytes: number): string {
  return `${String(Math.ceil((bytes / MIB) * 10) / 10)} MiB`
}

/** The largest file, as text. */
export const MAX_SIZE = sizeWords(MAX_BYTES)

/** Why a file cannot be read, as far as that is known before it is sent; empty if it can. */
export function fileProblem({ size }: Pick<File, 'size'>): string {
  if (size === 0) return 'This file is empty.'
  if (size > MAX_BYTES)
    return `This file has ${sizeWords(size)}, and at most ${MAX_SIZE} fits. Divide it into smaller ones.`
  return ''
}

/**
 * The content of a file, with its type. A browser that sent the file itself would report one that has changed since, or is
 * gone, as a failure of the network.
 *
 * @throws DOMException if it cannot be read.
 */
export async function contentOf(file: File): Promise<Blob> {
  return new Blob([await file.arrayBuffer()], { type: file.type || 'application/octet-stream' })
}
