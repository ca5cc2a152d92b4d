/** Formats moments as text. The text is English; the viewer's system decides between 12 and 24 hours. */

import { shownMoments, type Times } from './eventTimes'
import { asUtc, cityOf, clockNameAt, localDay, localTime } from './zones'

const HOUR_CYCLE = new Intl.DateTimeFormat(undefined, { hour: 'numeric' }).resolvedOptions().hourCycle ?? 'h23'

const formats = new Map<string, Intl.DateTimeFormat>()

function format(moment: number, zone: string, name: string, options: Intl.DateTimeFormatOptions): string {
  const key = `${name} ${zone}`
  let found = formats.get(key)
  if (!found) {
    found = new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone })
    formats.set(key, found)
  }
  return found.format(moment)
}

/** `19:30`, or `7:30 pm` on a system with 12 hours. */
export function timeOfDay(moment: number, zone: string, hourCycle: string = HOUR_CYCLE): string {
  if (hourCycle !== 'h12' && hourCycle !== 'h11') return localTime(moment, zone).slice(11)
  return format(moment, zone, 'h12', { hour: 'numeric', minute: '2-digit', hour12: true })
}

/** `Friday 27 November`, with the year if it differs from the year of `now`. */
export function fullDay(moment: number, zone: string, now: number): string {
  const sameYear = localDay(moment, zone).slice(0, 4) === localDay(now, zone).slice(0, 4)
  const day = { weekday: 'long', day: 'numeric', month: 'long' } as const
  const text = sameYear
    ? format(moment, zone, 'day', day)
    : format(moment, zone, 'day-year', { ...day, year: 'numeric' })
  return text.replace(',', '')
}

/** `Sat 28 Nov`. */
export function shortDay(moment: number, zone: string): string {
  return format(moment, zone, 'short', { weekday: 'short', day: 'numeric', month: 'short' }).replace(',', '')
}

/** The parts of a date tile: `Fri`, `27`, `Nov`. */
export function dateTileParts(moment: number, zone: string): { weekday: string; day: string; month: string } {
  const [weekday = '', day = '', month = ''] = shortDay(moment, zone).split(' ')
  return { weekday, day, month }
}

/**
 * `19:30 – 21:30`, with the day of the end if that differs: `22:00 – Sat 28 Nov 02:00`. If clocks went back in between, so
 * that the end does not look later, the clocks are named: `02:30 CEST – 02:30 CET`.
 */
export function timeSpan(startsAt: number, endsAt: number, zone: string): string {
  const sameDay = localDay(startsAt, zone) === localDay(endsAt, zone)
  const end = timeOfDay(endsAt, zone)
  if (sameDay && startsAt < endsAt && localTime(endsAt, zone) <= localTime(startsAt, zone))
    return `${timeOfDay(startsAt, zone)} ${clockNameAt(startsAt, zone)} – ${end} ${clockNameAt(endsAt, zone)}`
  return `${timeOfDay(startsAt, zone)} – ${sameDay ? end : `${shortDay(endsAt, zone)} ${end}`}`
}

/**
 * The start in the event's zone, by the server's rules: `18:30 in London`, or `Sat 28 Nov 03:30 in Tokyo`. Null if the
 * viewer's clocks show the same time.
 */
export function timeInEventZone(event: Times, viewer: string): string | null {
  const here = localTime(shownMoments(event, viewer).startsAt, viewer)
  if (event.starts === here) return null
  const face = asUtc(event.starts)
  const day = event.starts.slice(0, 10) === here.slice(0, 10) ? '' : `${shortDay(face, 'UTC')} `
  return `${day}${timeOfDay(face, 'UTC')} in ${cityOf(event.zone)}`
}
