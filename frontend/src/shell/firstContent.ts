import type { Router } from 'vue-router'

/**
 * Resolves when the application may replace what the server drew in `root`: as soon as it can show the same. An empty page
 * is replaced at once, so that the reader sees that something happens.
 */
export async function whenReplaceable(root: Element | null, router: Router): Promise<void> {
  const isDrawn = root?.querySelector(':scope > :not(noscript)') != null
  if (isDrawn) await router.isReady().catch(() => undefined) // the application shows what went wrong
}
