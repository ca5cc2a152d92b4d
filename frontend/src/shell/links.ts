import type { Router } from 'vue-router'
import { pathWithin } from '@/base'

/**
 * Lets plain links within the page open their page without loading it anew.
 *
 * A list of 500 tickets has some 1,500 links; a RouterLink for each would cost more than all the rest of it.
 */
export function followLinks(page: Document, router: Router): void {
  page.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null
    if (!link || event.defaultPrevented || !isPlain(event)) return
    const path = pageOf(link)
    if (path === null) return
    event.preventDefault()
    router.push(path + link.search + link.hash).catch(() => undefined) // the router's `onError` handles it
  })
}

/** Not one that asks the browser for another tab, window or file. */
function isPlain(event: MouseEvent): boolean {
  return event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey
}

/** The path of the page of this application to which a link leads; null if the browser has to follow it. */
function pageOf(link: HTMLAnchorElement): string | null {
  const within = link.getAttribute('href')?.startsWith('#') === true
  if (within || link.target !== '' || link.hasAttribute('download') || link.origin !== location.origin) return null
  const path = pathWithin(link.pathname)
  return path?.startsWith('/api/') ? null : path // the services answer there
}
