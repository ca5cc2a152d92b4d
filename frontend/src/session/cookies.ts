const PROBE = 'turnout_probe'

/**
 * True if the browser keeps a cookie of this page. `navigator.cookieEnabled` does not tell: Chromium says true for a site
 * whose cookies are blocked.
 */
export function areCookiesKept(page: Pick<Document, 'cookie'> = document): boolean {
  page.cookie = `${PROBE}=1; Path=/; SameSite=Lax`
  const isKept = page.cookie.includes(`${PROBE}=1`)
  page.cookie = `${PROBE}=; Path=/; Max-Age=-1`
  return isKept
}
