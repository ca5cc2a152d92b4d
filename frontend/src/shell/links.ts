import type { Router } from 'vue-router'

/**
 * Lets plain links within the page open their page without loading it anew.
 *
 * A list of 500 tickets has some 1,500 links; a RouterLink for each would cost more than all the rest of it.
 */
export function followLinks(page: Document, router: Router): void {
  page.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null
    if (!link || event.defaultPrevented || !isPlain(event) || !isOurs(link)) return
    event.preventDefault()
    void router.push(link.pathname + link.search + link.hash)
  })
}

/** Not one that asks the browser for another tab, window or file. */
function isPlain(event: MouseEvent): boolean {
  return event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey
}

function isOurs(link: HTMLAnchorElement): boolean {
  const within = link.getAttribute('href')?.startsWith('#') === true
  const served = link.pathname.startsWith('/api/') // by the services, not by a page of this application
  return !within && !served && link.target === '' && !link.hasAttribute('download') && link.origin === location.origin
}
