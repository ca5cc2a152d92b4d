/** Groups events by day in the viewer's zone. */

import { fullDay } from './timeText'
import { addDays } from './weeks'
import { localDay, localTime } from './zones'

/** The fields of an event that grouping needs. */
export interface Timed {
  starts_at: number
  ends_at: number
  /** The moment whose day in the viewer's zone is the event's. */
  day_at: number
  all_day?: boolean | undefined
}

/** The heading of a day and its events, in their order. */
export interface DayGroup<T> {
  key: string
  label: string
  events: T[]
}

/** If all events of today start at this hour or later, today is labelled "Tonight". */
const EVENING_HOUR = 17

const NOW = 'now'

/**
 * Splits a sorted list by day. Running events form the group "Happening now", which comes first. All-day events do not
 * happen at a moment: one that runs is today's, unless its day has begun only in another zone. The days are in the order
 * of the list, in which an all-day event of another zone may stand some hours before or after its day.
 */
export function byDay<T>(events: readonly T[], timesOf: (event: T) => Timed, zone: string, now: number): DayGroup<T>[] {
  const groups = new Map<string, { times: Timed[]; events: T[] }>()
  for (const event of events) {
    const times = timesOf(event)
    const key = keyOf(times, zone, now)
    const group = groups.get(key) ?? { times: [], events: [] }
    group.times.push(times)
    group.events.push(event)
    groups.set(key, group)
  }
  const [first, last] = [events.at(0), events.at(-1)]
  const isDescending = first && last && timesOf(first).starts_at > timesOf(last).starts_at
  const inOrder = [...groups].sort(([one], [other]) => compareKeys(one, other) * (isDescending ? -1 : 1))
  return inOrder.map(([key, group]) => ({ key, label: label(key, group.times, zone, now), events: group.events }))
}

function keyOf(times: Timed, zone: string, now: number): string {
  const [day, today] = [localDay(times.day_at, zone), localDay(now, zone)]
  if (!isRunning(times, now)) return day
  if (!times.all_day) return NOW
  return day > today ? day : today
}

/** Running events started before all others. */
function compareKeys(one: string, other: string): number {
  if (one === NOW || other === NOW) return Number(other === NOW) - Number(one === NOW)
  return one < other ? -1 : Number(one > other)
}

function isRunning({ starts_at: startsAt, ends_at: endsAt }: Timed, now: number): boolean {
  return startsAt <= now && now < endsAt
}

function label(key: string, group: readonly Timed[], zone: string, now: number): string {
  const first = group[0]
  if (key === NOW || !first) return 'Happening now'
  const today = localDay(now, zone)
  if (key === today) {
    if (group.every(({ ends_at: endsAt }) => endsAt <= now)) return 'Earlier today'
    return group.every(({ day_at: at }) => hourOf(at, zone) >= EVENING_HOUR) ? 'Tonight' : 'Today'
  }
  if (key === addDays(today, 1)) return 'Tomorrow'
  if (key === addDays(today, -1)) return 'Yesterday'
  return fullDay(first.day_at, zone, now)
}

function hourOf(moment: number, zone: string): number {
  return Number(localTime(moment, zone).slice(11, 13))
}
