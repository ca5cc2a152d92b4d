/** The name of the site, which ends each title. */
const SITE = 'Turnout'

/** Sets the title of the document: the page's title and the name of the site. */
export function setDocumentTitle(title: string): void {
  document.title = title ? `${title} · ${SITE}` : SITE
}
