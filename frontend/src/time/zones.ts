/** Wall clocks and moments. A *moment* is ms since 1970 (UTC); a *local time* is `YYYY-MM-DDTHH:MM` in some zone. */

interface Clock {
  format: Intl.DateTimeFormat
  /** Local times by moment. */
  cache: Map<number, string>
}

const clocks = new Map<string, Clock>()

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

/** The size of the cache: a list of 500 events needs the same local times for each rendering. */
const CACHE_MAX = 4_000

/** The formatter of a zone. Formatters are slow to create and to call, so both are cached. */
function clock(zone: string): Clock {
  let found = clocks.get(zone)
  if (!found) {
    const digits = '2-digit'
    const format = new Intl.DateTimeFormat('sv-SE', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: digits,
      day: digits,
      hour: digits,
      minute: digits,
    })
    found = { format, cache: new Map() }
    clocks.set(zone, found)
  }
  return found
}

/** The zone of the system, which may be none that the browser can format, such as `Etc/Unknown`. */
function systemZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone
}

/** Cached, because each call of `Intl` creates a formatter. */
let viewer: string | undefined

/** The viewer's zone; UTC if the browser cannot tell it. */
export function viewerZone(): string {
  viewer ??= isViewerZoneKnown() ? systemZone() : 'UTC'
  return viewer
}

/** True if the browser can tell the viewer's zone. */
export function isViewerZoneKnown(): boolean {
  const zone = systemZone() as string | undefined // some hardened browsers leave it out
  return zone !== undefined && zone !== '' && isZone(zone)
}

/** All zones that the browser knows, UTC and `also` among them. */
export function allZones(also: string): string[] {
  return [...new Set([...Intl.supportedValuesOf('timeZone'), 'UTC', also])].sort()
}

/** True if the browser knows this zone; a server may know newer ones. */
export function isZone(zone: string): boolean {
  try {
    clock(zone)
    return true
  } catch {
    return false
  }
}

/** The local time of a zone at a moment. */
export function localTime(moment: number, zone: string): string {
  const { format, cache } = clock(zone)
  const known = cache.get(moment)
  if (known !== undefined) return known
  // Swedish dates have the order of ISO 8601. The characters between the numbers are ignored.
  const [year = '', month = '', day = '', hour = '', minute = ''] = format.format(moment).match(/\d+/g) ?? []
  const local = `${year}-${month}-${day}T${hour}:${minute}`
  if (cache.size >= CACHE_MAX) cache.clear()
  cache.set(moment, local)
  return local
}

/** The date in a zone at a moment, `YYYY-MM-DD`. */
export function localDay(moment: number, zone: string): string {
  return localTime(moment, zone).slice(0, 10)
}

/** A local time interpreted as UTC: usable for differences, not a moment. */
export function asUtc(local: string): number {
  return Date.parse(`${local}Z`)
}

/**
 * The moment at which the clocks of a zone show a local time; null if they skip it. If they show it twice, the first
 * moment, as on the server. Null as well for a zone that the browser does not know.
 */
export function momentOf(local: string, zone: string): number | null {
  const guess = asUtc(local)
  if (Number.isNaN(guess) || !isZone(zone)) return null
  const offsets = [-1, 1].map((day) => offsetMs(guess + day * DAY_MS, zone))
  const moments = offsets.map((offset) => guess - offset).sort((a, b) => a - b)
  return moments.find((moment) => localTime(moment, zone) === local) ?? null
}

/** The clock times, such as `01:00` and `02:00`, of the change that makes the clocks of a zone skip a local time. */
export function clockChange(local: string, zone: string): { from: string; to: string } {
  let [before, after] = [asUtc(local) - DAY_MS, asUtc(local) + DAY_MS]
  const offset = offsetMs(before, zone)
  while (after - before > MINUTE_MS) {
    const middle = before + Math.floor((after - before) / 2 / MINUTE_MS) * MINUTE_MS
    if (offsetMs(middle, zone) === offset) before = middle
    else after = middle
  }
  return { from: new Date(after + offset).toISOString().slice(11, 16), to: localTime(after, zone).slice(11) }
}

/** The offset of a zone from UTC at a moment, in ms; positive east of Greenwich. */
export function offsetMs(moment: number, zone: string): number {
  const whole = Math.floor(moment / MINUTE_MS) * MINUTE_MS
  return asUtc(localTime(whole, zone)) - whole
}

/** A local time some minutes later on the same clock face, ignoring any clock change between. */
export function addMinutes(local: string, minutes: number): string {
  return new Date(asUtc(local) + minutes * MINUTE_MS).toISOString().slice(0, 16)
}

/** The offset of a zone at a moment as text: `GMT+1`, `GMT+5:30`, `UTC`. */
export function offsetName(moment: number, zone: string): string {
  return offsetText(offsetMs(moment, zone))
}

/** An offset from UTC, in ms, as text. */
export function offsetText(ms: number): string {
  const minutes = Math.round(ms / MINUTE_MS)
  if (minutes === 0) return 'UTC'
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60]
  return `GMT${minutes < 0 ? '−' : '+'}${String(hours)}${rest ? `:${String(rest).padStart(2, '0')}` : ''}`
}

/** The city in the name of a zone: `Vienna` for `Europe/Vienna`. */
export function cityOf(zone: string): string {
  return zone.slice(zone.lastIndexOf('/') + 1).replaceAll('_', ' ')
}

/** Countries whose English names the clocks of their own zones. In other English these are offsets. */
const NAMING_LOCALES = ['en-GB', 'en-US', 'en-CA', 'en-AU', 'en-NZ', 'en-IE', 'en-ZA', 'en-IN']

/** The name of a zone's clock at a moment, as people there call it: `CET`, `EST`. Null if it has none in English. */
export function abbreviationOf(moment: number, zone: string): string | null {
  for (const locale of NAMING_LOCALES) {
    const format = new Intl.DateTimeFormat(locale, { timeZone: zone, timeZoneName: 'short' })
    const name = format.formatToParts(moment).find(({ type }) => type === 'timeZoneName')?.value
    if (name !== undefined && /^\p{L}+$/u.test(name)) return name
  }
  return null
}
