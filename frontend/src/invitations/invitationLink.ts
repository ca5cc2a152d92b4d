/** Links that invite people: the code is in the fragment, which no browser sends to a server. Pure. */

const FRAGMENT = '#invitation='
const CODE = /^[a-z2-7]{26}$/

/** The code in the fragment of an address; empty if it is mistyped, null if there is none. */
export function invitationIn(hash: string): string | null {
  if (!hash.startsWith(FRAGMENT)) return null
  const code = hash.slice(FRAGMENT.length)
  return CODE.test(code) ? code : ''
}

/** The link of a code; `page` is the address of the event's page. */
export function invitationLink(page: string, code: string): string {
  return `${page}${FRAGMENT}${code}`
}
