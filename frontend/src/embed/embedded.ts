import { pathWithin } from '@/base'

/** True for a page that another site frames: it has no header, no session, and its links open the application elsewhere. */
export function isEmbedded(path = location.pathname): boolean {
  return pathWithin(path)?.startsWith('/embed/') === true
}
