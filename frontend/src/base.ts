/**
 * The path below which this instance is served: `/`, or `/turnout/` behind a proxy that strips it. The server writes it into
 * the `<base>` of the page; the router and relative addresses follow that by themselves.
 */
function basePath(): string {
  return document.querySelector('base')?.getAttribute('href') ?? '/'
}

/** The address of a path of the application or the API, such as `/events/abc`. */
export function addressOf(path: string): string {
  return basePath().slice(0, -1) + path
}

/** The path of an address within this instance; null for another application on the same host. */
export function pathWithin(address: string): string | null {
  return address.startsWith(basePath()) ? address.slice(basePath().length - 1) : null
}
