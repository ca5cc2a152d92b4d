/** Finds the web addresses in a text. Loaded when a text may have some, because linkifyjs knows all top-level domains. */

import { find } from 'linkifyjs'
import type { TextPart } from './textParts'

/** Characters that end an address (RFC 3986, appendix C), and all behind them. */
const DELIMITER = /[<>"].*$/su
/** Punctuation of other scripts, which ends a sentence and not its address. linkifyjs knows that of ASCII. */
const FOREIGN_END = /[^\p{ASCII}\P{P}]+$/u
/** The text before an address that is a part of another one. */
const WITHIN_ADDRESS = /[\p{L}\p{N}/:@._-]$/u

/** Splits a text into plain parts and links. Only addresses that say `http`, `https` or `www` are links. */
export function linkParts(text: string): TextPart[] {
  const parts: TextPart[] = []
  let end = 0
  for (const { start, value } of find(text, 'url', { defaultProtocol: 'https' })) {
    const shown = value.replace(DELIMITER, '').replace(FOREIGN_END, '')
    const href = safeAddress(shown)
    if (href === null || (!/^http/i.test(shown) && WITHIN_ADDRESS.test(text.slice(0, start)))) continue
    if (start > end) parts.push({ text: text.slice(end, start), href: null })
    parts.push({ text: shown, href })
    end = start + shown.length
  }
  if (end < text.length) parts.push({ text: text.slice(end), href: null })
  return parts
}

/** The address of a page that can be opened; null for other schemes, and where a user name hides the host. */
function safeAddress(shown: string): string | null {
  if (!/^(https?:\/\/|www\.)/i.test(shown)) return null
  const address = /^www\./i.test(shown) ? `https://${shown}` : shown
  const url = URL.canParse(address) ? new URL(address) : null
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.username !== '' || url.password !== '') return null
  return url.href
}
