/** The zones that were used lately in this browser, newest first. */

const KEY = 'turnout.zones'
const ZONES_MAX = 3

/** The zones of the last saved events. */
export function usedZones(): string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]')
    return Array.isArray(stored) ? stored.filter((zone) => typeof zone === 'string').slice(0, ZONES_MAX) : []
  } catch {
    return [] // blocked, or of another version
  }
}

/** Notes the zone of a saved event. */
export function noteZone(zone: string): void {
  try {
    const zones = [zone, ...usedZones().filter((each) => each !== zone)]
    localStorage.setItem(KEY, JSON.stringify(zones.slice(0, ZONES_MAX)))
  } catch {
    // Blocked, or full: the list is a convenience.
  }
}
