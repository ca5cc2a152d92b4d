/** The times of the card that the form shows. Pure. */

import type { Times } from '@/time/eventTimes'
import { addDays } from '@/time/weeks'
import { isZone, localTime } from '@/time/zones'
import { DEFAULT_MINUTES } from './defaults'
import { momentsOfWhen, whenOf, type TimeFields } from './times'

/** The times that the fields say. Until the start is complete, it is at `otherwise`, in ms since 1970. */
export function previewTimes(fields: TimeFields, otherwise: number): Times {
  const { zone } = fields
  const when = whenOf(fields)
  const moments = momentsOfWhen(when, zone)
  const startsAt = moments.startsAt ?? otherwise
  const endsAt = Math.max(moments.endsAt ?? startsAt + DEFAULT_MINUTES * 60_000, startsAt)
  const localIn = (moment: number, typed: string): string => {
    if (isZone(zone)) return localTime(moment, zone)
    return typed === '' ? localTime(moment, 'UTC') : typed
  }
  const times = { zone, starts_at: startsAt, ends_at: endsAt }
  if (!when.allDay) return { ...times, starts: localIn(startsAt, when.starts), ends: localIn(endsAt, when.ends) }
  const day = when.starts.slice(0, 10) || localIn(startsAt, '').slice(0, 10)
  const starts = `${day}T00:00`
  return { ...times, starts, ends: when.ends > starts ? when.ends : `${addDays(day, 1)}T00:00`, all_day: true }
}
