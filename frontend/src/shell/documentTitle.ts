/** The name of the site, which ends each title. */
const SITE = 'Turnout'

let page = ''
let news = 0

function render(): void {
  const title = page ? `${page} · ${SITE}` : SITE
  document.title = news > 0 ? `(${String(news)}) ${title}` : title
}

/** Sets the title of the document: the page's title and the name of the site. */
export function setDocumentTitle(title: string): void {
  page = title
  render()
}

/** Marks the title of the document with a number of news, on this page and the next ones; 0 for none. */
export function markDocumentTitle(count: number): void {
  news = count
  render()
}
