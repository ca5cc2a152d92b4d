/** The days of an all-day event, and their texts. They are those of its place: nobody's clock converts them. Pure. */

import type { Card } from '@/live/generated'
import { fullDay, shortDate, shortDay } from './timeText'
import { addDays } from './weeks'
import { asUtc } from './zones'

/** The first and the last day, `YYYY-MM-DD`. */
export interface Days {
  first: string
  last: string
}

/** The days from a local midnight until another one, at which the last day is over. */
export function daysOf({ starts, ends }: Pick<Card, 'starts' | 'ends'>): Days {
  return { first: starts.slice(0, 10), last: addDays(ends.slice(0, 10), -1) }
}

/** `Saturday 5 December`, or `Saturday 5 – Sunday 6 December`, with the years that differ from that of `now`. */
export function fullDays(days: Days, now: number): string {
  return rangeOf(days, (moment) => fullDay(moment, 'UTC', now))
}

/** `Sat 5 Dec`, or `Sat 5 – Sun 6 Dec`, with the years that differ from that of `now`. */
export function shortDays(days: Days, now: number): string {
  return rangeOf(days, (moment) => shortDate(moment, 'UTC', now))
}

/** `Sat 5 Dec`, or `Sat 5 – Sun 6 Dec`, without years. */
export function dayRange(days: Days): string {
  return rangeOf(days, (moment) => shortDay(moment, 'UTC'))
}

/** The text beside the date of the first day: `All day`, or `Sat 5 – Sun 6 Dec` for several days. */
export function daysOnCard(days: Days): string {
  return days.first === days.last ? 'All day' : dayRange(days)
}

/** Both days, as texts of weekday, day, month and maybe year. The first one leaves out the end that both share. */
function rangeOf({ first, last }: Days, textOf: (moment: number) => string): string {
  const text = textOf(asUtc(`${last}T00:00`))
  if (first === last) return text
  const isSharedUntil = (chars: number): boolean => first.slice(0, chars) === last.slice(0, chars)
  const parts = isSharedUntil('YYYY-MM'.length) ? 2 : isSharedUntil('YYYY'.length) ? 3 : 4
  return `${textOf(asUtc(`${first}T00:00`))
    .split(' ', parts)
    .join(' ')} – ${text}`
}
