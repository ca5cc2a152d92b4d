/** Chunks of the build that load when they are needed, such as the pages. */
import type { Router } from 'vue-router'

/** A chunk that was not asked for, because there is no network. */
export class ChunkOffline extends Error {
  constructor() {
    super('no network to import a chunk with')
    this.name = 'ChunkOffline'
  }
}

/** True for the errors of browsers (scripts) and of Vite (styles) about a chunk that could not be loaded. */
export function isChunkError(error: unknown): boolean {
  return error instanceof Error && /import|preload|MIME type/i.test(error.message)
}

/**
 * A chunk that is loaded once. Without a network it fails at once: browsers remember that an import failed, and would fail
 * again when the network is back (whatwg/html#6768).
 */
export function lazyChunk<Chunk>(load: () => Promise<Chunk>, isOnline = () => navigator.onLine): () => Promise<Chunk> {
  let chunk: { loaded: Chunk } | null = null
  return async () => {
    if (chunk === null && !isOnline()) throw new ChunkOffline()
    chunk ??= { loaded: await load() }
    return chunk.loaded
  }
}

/** A page, as the router loads it. */
export const lazyPage = lazyChunk

/** Loads the pages that were not opened yet, one after the other. A page that fails is loaded when it is opened. */
export async function prefetchPages(router: Router): Promise<void> {
  for (const { components } of router.getRoutes()) {
    const page: unknown = components?.default
    if (typeof page !== 'function') continue
    try {
      await (page as () => Promise<unknown>)()
    } catch {
      return // the network is gone
    }
  }
}

/** The part of the browser that says when, and whether, to load in advance. */
interface Idle {
  requestIdleCallback?: (run: () => void) => void
  setTimeout: (run: () => void, ms: number) => unknown
  navigator: { connection?: { saveData?: boolean } }
}

/** The wait where a browser does not say when it is idle, in ms. */
const IDLE_MS = 2_000

/** Runs a task when the browser has nothing else to do; never for a person who asks to save data. */
export function whenIdle(run: () => void, browser: Idle = window as Idle): void {
  if (browser.navigator.connection?.saveData === true) return
  if (browser.requestIdleCallback) browser.requestIdleCallback(run)
  else browser.setTimeout(run, IDLE_MS)
}
