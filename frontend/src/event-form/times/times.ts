/** The start and the end of an event, as the fields of the form say them. Pure. */

import { LIMITS } from '@/limits.generated'
import type { EventItem } from '@/live/generated'
import { addDays, isDay } from '@/time/weeks'
import { addMinutes, asUtc, isZone, momentOf, momentsOf, type Fold } from '@/time/zones'
import { dayFieldsOf, dayMoments, midnightsOf } from './wholeDays'

/** The fields for start, end and zone. */
export interface TimeFields {
  /** True for whole days. The fields of the times keep what they had. */
  allDay: boolean
  date: string
  time: string
  startFold: Fold
  /** Empty for the day on which the clocks show `endTime` next. Of an all-day event the last day; empty for the first. */
  endDate: string
  /** Empty for an event without an end. */
  endTime: string
  endFold: Fold
  zone: string
}

/**
 * Local times, each empty until its fields are complete. A fold is 1 only where clocks show the time twice. All-day events
 * are from midnight to midnight.
 */
export interface When {
  allDay: boolean
  starts: string
  startsFold: Fold
  ends: string
  endsFold: Fold
}

const MINUTE_MS = 60_000
const MAX_MINUTES = LIMITS.event.ends.maxDays * 24 * 60

/** The moments of the times; null if the clocks skip a time, or if the browser cannot tell. */
export interface Moments {
  startsAt: number | null
  endsAt: number | null
}

/** True if the start is complete. */
export function isStart({ allDay, date, time }: Pick<TimeFields, 'allDay' | 'date' | 'time'>): boolean {
  return (allDay || time !== '') && isDay(date)
}

/** The time fields of an event. It has an end date only if its end is not the next time that the clocks show. */
export function timeFieldsOf(
  event: Pick<EventItem, 'starts' | 'ends' | 'zone' | 'starts_fold' | 'ends_fold' | 'all_day'>,
): TimeFields {
  if (event.all_day) return dayFieldsOf(event)
  const fields: TimeFields = {
    allDay: false,
    date: event.starts.slice(0, 10),
    time: event.starts.slice(11),
    startFold: event.starts_fold ?? 0,
    endDate: '',
    endTime: event.ends.slice(11),
    endFold: event.ends_fold ?? 0,
    zone: event.zone,
  }
  const { ends, endsFold } = whenOf(fields)
  const isNext = ends === event.ends && endsFold === fields.endFold
  return isNext ? fields : { ...fields, endDate: event.ends.slice(0, 10) }
}

/** The local times that the fields say. */
export function whenOf(fields: TimeFields): When {
  const { allDay, date, time, endDate, endTime, zone } = fields
  if (allDay) return { allDay, ...midnightsOf(fields), startsFold: 0, endsFold: 0 }
  const starts = date && time ? `${date}T${time}` : ''
  const start = { allDay, starts, startsFold: foldOf(starts, zone, fields.startFold) }
  if (endTime === '') return { ...start, ends: '', endsFold: 0 }
  if (endDate === '') return { ...start, ...nextEnd(fields, start) }
  const ends = `${endDate}T${endTime}`
  return { ...start, ends, endsFold: foldOf(ends, zone, fields.endFold) }
}

/** The moments of local times in a zone. */
export function momentsOfWhen(when: When, zone: string): Moments {
  if (when.allDay) return dayMoments(when, zone)
  const { starts, startsFold, ends, endsFold } = when
  return { startsAt: momentOf(starts, zone, startsFold), endsAt: momentOf(ends, zone, endsFold) }
}

/** The first end after the start at which clocks show the time of the end: on the day of the start, or on the next. */
function nextEnd(
  fields: TimeFields,
  { starts, startsFold }: Pick<When, 'starts' | 'startsFold'>,
): Pick<When, 'ends' | 'endsFold'> {
  const { date, endTime, endFold, zone } = fields
  if (starts === '' || !isDay(date)) return { ends: '', endsFold: 0 }
  const startsAt = momentOf(starts, zone, startsFold)
  for (const day of [date, addDays(date, 1)]) {
    const ends = `${day}T${endTime}`
    const moments = startsAt === null ? [] : momentsOf(ends, zone)
    const [first, second] = moments
    // By the clock face where the browser cannot tell the moments.
    if (first === undefined || startsAt === null) {
      if (ends > starts) return { ends, endsFold: endFold }
    } else if (second !== undefined && second > startsAt) return { ends, endsFold: first > startsAt ? endFold : 1 }
    else if (first > startsAt) return { ends, endsFold: 0 }
  }
  return { ends: '', endsFold: 0 }
}

/** The fold where it counts. Only the server knows that of a zone that is new to the browser. */
function foldOf(local: string, zone: string, fold: Fold): Fold {
  return momentsOf(local, zone).length === 2 || !isZone(zone) ? fold : 0
}

/** The moments that a person may mean by an end; two if clocks show it twice after the start. */
export function endChoices(when: When, zone: string): number[] {
  const startsAt = momentOf(when.starts, zone, when.startsFold) ?? -Infinity
  return momentsOf(when.ends, zone).filter((moment) => moment > startsAt)
}

/**
 * Changes the start. The end moves along, so that the length on the clock face stays the same, unless that was no length of
 * an event. `last` are the fields when the start was complete: while somebody types, a date or time is empty.
 */
export function withStart<T extends TimeFields>(
  last: TimeFields,
  now: T,
  change: Partial<Pick<T, 'date' | 'time'>>,
): T {
  const after = { ...now, ...change }
  const [from, to] = [`${last.date}T${last.time}`, `${after.date}T${after.time}`]
  const minutes = (asUtc(to) - asUtc(from)) / MINUTE_MS
  if (!isStart(after) || Number.isNaN(minutes) || !last.endTime) return after
  const before = `${last.endDate || last.date}T${last.endTime}`
  const length = (asUtc(before) - asUtc(from)) / MINUTE_MS
  if (last.endDate && !(length > 0 && length <= MAX_MINUTES)) return after
  const end = addMinutes(before, minutes)
  return { ...after, endTime: end.slice(11), endDate: last.endDate && end.slice(0, 10) }
}
