/** Web addresses, as pages show them. Pure. */

/** Hosts that only some networks know: one word, an address in numbers, and the endings of networks at home. */
const LOCAL_HOST = /^[^.]+$|^[\d.]+$|^\[|\.(?:local|lan|home|internal|intranet|localhost|home\.arpa)$/

/**
 * The host of a link, as pages show it: `example.org`. Letters of other scripts are shown in their ASCII form (`xn--…`),
 * so that no host looks like another. Of a host that only some networks know, the whole address is shown.
 */
export function shownHost(link: string): string {
  if (!URL.canParse(link)) return link
  const { protocol, host, hostname, pathname, search, hash } = new URL(link)
  if (!LOCAL_HOST.test(hostname)) return host.replace(/^www\./, '')
  const path = `${pathname}${search}${hash}`
  return `${protocol}//${host}${path === '/' ? '' : path}`
}
