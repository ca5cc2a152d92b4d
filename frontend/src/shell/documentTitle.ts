/** The end of every title. */
const SITE = 'Turnout'

/** The title of the page that is shown, before the name of the site. */
export function setDocumentTitle(title: string): void {
  document.title = title ? `${title} · ${SITE}` : SITE
}
