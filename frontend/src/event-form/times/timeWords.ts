/** The words of the form about times: the end's day, how long the event lasts, and the clock. Pure. */

import { formatCount } from '@/text/numbers'
import { shortDay, timeOfDay } from '@/time/timeText'
import { addDays } from '@/time/weeks'
import { asUtc, cityOf, clockNameAt, momentsOf, offsetName } from '@/time/zones'
import { DEFAULT_MINUTES } from './defaults'
import { momentsOfWhen, type When } from './times'
import { dayCount } from './wholeDays'

const MINUTE_MS = 60_000
const DAY_MINUTES = 24 * 60

/** `Ends Sat 28 Nov 02:00, the next day. Lasts 4 hours.` Empty while the times are not complete or not right. */
export function endWords(when: When, zone: string): string {
  if (when.allDay) return daysWords(when)
  if (when.ends === '') return when.starts && `Without an end time it lasts ${durationWords(DEFAULT_MINUTES)}.`
  const { startsAt: starts, endsAt: ends } = momentsOfWhen(when, zone)
  if (starts === null || ends === null || ends <= starts) return ''
  return `${dayWords(when, zone, starts)}Lasts ${durationWords((ends - starts) / MINUTE_MS)}.`
}

/** `Lasts 2 days.` */
function daysWords(when: When): string {
  const days = dayCount(when)
  return days >= 1 ? `Lasts ${formatCount(days, 'day')}.` : ''
}

/** Says why an all-day event has a zone. */
export function dayZoneWords(zone: string): string {
  return `Everyone sees these days. They begin and end at midnight in ${cityOf(zone)}.`
}

/** The end, where it is not simply later on the same day. */
function dayWords(when: When, zone: string, starts: number): string {
  const face = asUtc(when.ends)
  const time = timeOfDay(face, 'UTC')
  const [day, endDay] = [when.starts.slice(0, 10), when.ends.slice(0, 10)]
  if (day === endDay) {
    const [first, second] = momentsOf(when.ends, zone)
    const isOnlySecond = second !== undefined && first !== undefined && first <= starts
    return isOnlySecond ? `Ends at the second ${time} (${clockNameAt(second, zone)}). ` : ''
  }
  const isNextDay = addDays(day, 1) === endDay
  return `Ends ${shortDay(face, 'UTC')} ${time}${isNextDay ? ', the next day' : ''}. `
}

/** `CET (GMT+1)`, or `GMT+1` where people have no name for the clock. */
export function clockWords(moment: number, zone: string): string {
  const [name, offset] = [clockNameAt(moment, zone), offsetName(moment, zone)]
  return name === offset ? offset : `${name} (${offset === 'UTC' ? 'UTC+0' : offset})`
}

/** `1 hour 30 minutes`, `2 days 4 hours`. */
export function durationWords(minutes: number): string {
  const parts: [number, string][] = [
    [Math.floor(minutes / DAY_MINUTES), 'day'],
    [Math.floor((minutes % DAY_MINUTES) / 60), 'hour'],
    [Math.round(minutes % 60), 'minute'],
  ]
  return parts
    .filter(([count]) => count > 0)
    .map(([count, unit]) => formatCount(count, unit))
    .join(' ')
}
