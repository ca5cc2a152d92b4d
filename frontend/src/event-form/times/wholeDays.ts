/** The days of an all-day event, as the fields of the form say them. Pure. */

import { LIMITS } from '@/limits.generated'
import type { EventItem } from '@/live/generated'
import { daysOf } from '@/time/allDay'
import { addDays, isDay, startOfDay } from '@/time/weeks'
import { asUtc } from '@/time/zones'
import { DEFAULT_TIME, defaultEndTime } from './defaults'
import type { Moments, TimeFields, When } from './times'

const DAY_MS = 86_400_000
const MAX_DAYS = LIMITS.event.ends.maxDays

/** The fields of an all-day event. Its times are those that are proposed to somebody who wants some. */
export function dayFieldsOf(event: Pick<EventItem, 'starts' | 'ends' | 'zone'>): TimeFields {
  const { first, last } = daysOf(event)
  return {
    allDay: true,
    date: first,
    time: DEFAULT_TIME,
    startFold: 0,
    endDate: last,
    endTime: defaultEndTime(DEFAULT_TIME),
    endFold: 0,
    zone: event.zone,
  }
}

/** Switches between times and whole days. The dates stay; the times are those of before, or in the evening. */
export function withAllDay<T extends TimeFields>(fields: T, allDay: boolean): T {
  const { date, endDate } = fields
  if (allDay) return { ...fields, allDay, endDate: endDate || date }
  const time = fields.time || DEFAULT_TIME
  if (endDate === '' || endDate === date) return { ...fields, allDay, time, endDate: '' }
  return { ...fields, allDay, time, endTime: fields.endTime || defaultEndTime(time) }
}

/** From the midnight at which the first day begins until that at which the last one is over. */
export function midnightsOf({ date, endDate }: Pick<TimeFields, 'date' | 'endDate'>): Pick<When, 'starts' | 'ends'> {
  const last = endDate || date
  return { starts: isDay(date) ? `${date}T00:00` : '', ends: isDay(last) ? `${addDays(last, 1)}T00:00` : '' }
}

/** The moments at which days begin. In zones whose clocks skip midnight, that is the first moment after it. */
export function dayMoments({ starts, ends }: Pick<When, 'starts' | 'ends'>, zone: string): Moments {
  const beginningOf = (midnight: string): number | null => (midnight ? startOfDay(midnight.slice(0, 10), zone) : null)
  return { startsAt: beginningOf(starts), endsAt: beginningOf(ends) }
}

/** The number of days; NaN while a day is missing. */
export function dayCount({ starts, ends }: Pick<When, 'starts' | 'ends'>): number {
  return (asUtc(ends) - asUtc(starts)) / DAY_MS
}

/**
 * Changes the first day. The last one moves along, unless it was wrong. `last` are the fields when the first day was
 * complete: while somebody types, it is empty.
 */
export function withFirstDay<T extends TimeFields>(last: TimeFields, now: T, date: string): T {
  const after = { ...now, date }
  const days = dayCount(midnightsOf(last))
  if (!isDay(date) || !(days >= 1 && days <= MAX_DAYS)) return after
  return { ...after, endDate: now.endDate && addDays(date, days - 1) }
}
