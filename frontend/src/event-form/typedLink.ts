/**
 * A web address as somebody types it, and as the server stores it (`services/core/turnout_core/domain/links.py`).
 * `tests/vectors/links.json` specifies both. Pure.
 */

import { toLink } from '@/text/plainText'

/** Why a text cannot be stored as a link: it is no address, or it has a user name or a password. */
export type LinkProblem = 'address' | 'user'

const SCHEME = /^[a-z][a-z\d+.-]*:\/\//i
/** Browsers end the host at a backslash, too. */
const AUTHORITY_END = /[/?#\\]/
const HOST_AND_PORT = /^(\[[\da-f:.]+\]|[^\s%:<>@[\]^|]+)(?::(\d{1,5}))?$/i
const PORT_MAX = 65_535
/** No top-level domain begins with a digit, so `1.5` and `v1.2` are no addresses. */
const DOMAIN = /^[^.]+(?:\.[^.]+)*\.[^.\d][^.]*$/

/** The address as it is stored, or why it cannot be. A domain without a scheme gets `https`. */
export function parseLink(text: string): string | { problem: LinkProblem } {
  const link = toLink(text)
  if (link === '') return ''
  const scheme = SCHEME.exec(link)?.[0].toLowerCase()
  const rest = link.slice(scheme?.length ?? 0)
  const authority = rest.split(AUTHORITY_END, 1)[0] ?? ''
  if (link.includes(' ') || (scheme !== undefined && !/^https?:/.test(scheme))) return { problem: 'address' }
  if (scheme !== undefined && authority.includes('@')) return { problem: 'user' }
  const [, host = '', port = '0'] = HOST_AND_PORT.exec(authority) ?? []
  const isHost = host !== '' && Number(port) <= PORT_MAX && (scheme !== undefined || DOMAIN.test(host))
  if (!isHost) return { problem: 'address' }
  const lower = authority.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
  return `${scheme ?? 'https://'}${lower}${rest.slice(authority.length)}`
}

/** The address as it is stored; as it was typed if it cannot be. */
export function normalLink(text: string): string {
  const parsed = parseLink(text)
  return typeof parsed === 'string' ? parsed : toLink(text)
}
