/** Wall clocks and moments. A *moment* is ms since 1970 (UTC); a *local time* is `YYYY-MM-DDTHH:MM` in some zone. */

const clocks = new Map<string, Intl.DateTimeFormat>()

/** Formatters are costly to make, and a list of 500 cards asks for the same few zones. */
function clock(zone: string): Intl.DateTimeFormat {
  let found = clocks.get(zone)
  if (!found) {
    found = new Intl.DateTimeFormat('en-CA', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
    })
    clocks.set(zone, found)
  }
  return found
}

/** The zone of whoever looks. */
export function viewerZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC'
}

/** All zones that the browser knows, UTC and `also` among them. */
export function allZones(also: string): string[] {
  return [...new Set([...Intl.supportedValuesOf('timeZone'), 'UTC', also])].sort()
}

/** Whether the browser knows this zone; a server may know newer ones. */
export function isZone(zone: string): boolean {
  try {
    clock(zone)
    return true
  } catch {
    return false
  }
}

/** What the clocks of a zone show at a moment. */
export function localTime(moment: number, zone: string): string {
  const part = Object.fromEntries(
    clock(zone)
      .formatToParts(moment)
      .map(({ type, value }) => [type, value]),
  )
  return `${part.year ?? ''}-${part.month ?? ''}-${part.day ?? ''}T${part.hour ?? ''}:${part.minute ?? ''}`
}

/** The day that the calendars of a zone show at a moment, `YYYY-MM-DD`. */
export function localDay(moment: number, zone: string): string {
  return localTime(moment, zone).slice(0, 10)
}

/** A local time read as if it were UTC: good for counting, not a moment. */
function asUtc(local: string): number {
  return Date.parse(`${local}Z`)
}

/**
 * The moment at which the clocks of a zone show a local time; null where they skip it.
 *
 * Where they show it twice, the first, as the server takes it.
 */
export function momentOf(local: string, zone: string): number | null {
  const guess = asUtc(local)
  if (Number.isNaN(guess)) return null
  const offsets = [-1, 1].map((day) => offsetMs(guess + day * 86_400_000, zone))
  const moments = offsets.map((offset) => guess - offset).sort((a, b) => a - b)
  return moments.find((moment) => localTime(moment, zone) === local) ?? null
}

/** How far the clocks of a zone are ahead of UTC at a moment, in ms. */
export function offsetMs(moment: number, zone: string): number {
  const whole = Math.floor(moment / 60_000) * 60_000
  return asUtc(localTime(whole, zone)) - whole
}

/** A local time some minutes later on the same clock face, ignoring any clock change between. */
export function addMinutes(local: string, minutes: number): string {
  return new Date(asUtc(local) + minutes * 60_000).toISOString().slice(0, 16)
}

/** `GMT+1`, `GMT+5:30`, `UTC`: how a zone stands to UTC at a moment. */
export function offsetName(moment: number, zone: string): string {
  const minutes = Math.round(offsetMs(moment, zone) / 60_000)
  if (minutes === 0) return 'UTC'
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60]
  return `GMT${minutes < 0 ? '−' : '+'}${String(hours)}${rest ? `:${String(rest).padStart(2, '0')}` : ''}`
}

/** `Europe/Vienna` as people say it: `Vienna`. */
export function cityOf(zone: string): string {
  return zone.slice(zone.lastIndexOf('/') + 1).replaceAll('_', ' ')
}
