/** Links that people entered. Those within the page need no address on paper. */
const LINKS = 'a[rel~="ugc"]'

/** Marks the links whose text does not have their address before the page is printed; the style adds it there. */
export function markPrintedLinks(page: Document): void {
  for (const link of page.querySelectorAll<HTMLAnchorElement>(LINKS)) {
    const address = link.getAttribute('href') ?? ''
    link.toggleAttribute('data-print-address', !link.textContent.includes(address))
  }
}
