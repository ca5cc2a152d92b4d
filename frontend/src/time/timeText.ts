/** Formats moments as text. The text is English; the viewer's system decides between 12 and 24 hours. */

import type { Card } from '@/live/generated'
import { clockName, hasOtherRules, type Clock, type Clocks, type Times } from './eventTimes'
import { cityOf, clockNameAt, localDay, localTime } from './zones'

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

/** `Fri 27 Nov`, with the year if it differs from the year of `now`. */
export function shortDate(moment: number, zone: string, now: number): string {
  const year = localDay(moment, zone).slice(0, 4)
  return year === localDay(now, zone).slice(0, 4) ? shortDay(moment, zone) : `${shortDay(moment, zone)} ${year}`
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

/** The times of an event as texts: by the clock that leads, and the start by the other one. */
export interface ShownTimes {
  /** `19:30 – 21:30`, or `18:30 – 20:30 in London` by the clock of another place. */
  lead: string
  /** `18:30 in London` or `19:30 your time`; null if both clocks show the same. */
  other: string | null
}

/**
 * The times of an event. A time has its day where that is not the day of `dayOf`, the clock whose day stands beside the text.
 *
 * @param isNamed names the event's clock where that says something: `18:30 in London (GMT)`.
 */
export function shownTimes(
  event: Event,
  { lead, other }: Clocks,
  dayOf: 'lead' | 'viewer',
  isNamed = false,
): ShownTimes {
  const name = isNamed ? clockName(event) : ''
  const where = ({ whose }: Clock): string => (whose === 'viewer' ? ' your time' : placeOfClock(event.zone, name))
  const dayBeside = localDay(...(dayOf === 'viewer' && other?.whose === 'viewer' ? startOf(other) : startOf(lead)))
  const span = withDay(lead, dayBeside, timeSpan(lead.startsAt, lead.endsAt, lead.zone))
  if (other === null) {
    const isTelling = name !== '' && (hasOtherRules(event) || event.zone === 'UTC')
    return { lead: isTelling ? `${span} ·\u00a0${name}` : span, other: null }
  }
  const text = lead.whose === 'viewer' ? span : `${span}${where(lead)}`
  return { lead: text, other: withDay(other, dayBeside, `${timeOfDay(...startOf(other))}${where(other)}`) }
}

type Event = Times & Pick<Card, 'place'>

function startOf({ startsAt, zone }: Clock): [number, string] {
  return [startsAt, zone]
}

function withDay(clock: Clock, dayBeside: string, text: string): string {
  return localDay(...startOf(clock)) === dayBeside ? text : `${shortDay(...startOf(clock))} ${text}`
}

/** ` in London (GMT)`, ` in London` without a name, or ` UTC` for a clock of no city. */
function placeOfClock(zone: string, name: string): string {
  const isCity = zone.includes('/') && !zone.startsWith('Etc/')
  if (!isCity) return ` ${name || cityOf(zone)}`
  return ` in ${cityOf(zone)}${name === '' ? '' : ` (${name})`}`
}
