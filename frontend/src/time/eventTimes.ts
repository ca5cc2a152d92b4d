/**
 * The times of an event by the server's time zone rules.
 *
 * An event has its local times and, by the server's rules, the moments. A browser with other rules for the event's zone
 * would show the moments as other local times than the organizer entered. Then the server's count.
 */

import type { Card } from '@/live/generated'
import { startOfDay } from './weeks'
import { abbreviationOf, asUtc, isZone, localTime, offsetMs, offsetText } from './zones'

/** The times of an event: local times in `zone`, and the moments. Those of an all-day event are midnights. */
export type Times = Pick<Card, 'starts' | 'ends' | 'zone' | 'starts_at' | 'ends_at' | 'all_day'>

/** The times of an event as one clock shows them. For texts only: formatted in `zone`, `startsAt` is what that clock shows. */
export interface Clock {
  whose: 'event' | 'viewer'
  zone: string
  startsAt: number
  endsAt: number
}

/** The clock that leads, and the other one; null if both show the same. */
export interface Clocks {
  lead: Clock
  other: Clock | null
}

/** True if the browser knows the event's zone, but with other rules than the server. Days are the same by all rules. */
export function hasOtherRules(event: Times): boolean {
  const { starts, ends, zone, starts_at: startsAt, ends_at: endsAt } = event
  return !event.all_day && isZone(zone) && (localTime(startsAt, zone) !== starts || localTime(endsAt, zone) !== ends)
}

/**
 * The moments to format with the browser's rules, so that the viewer sees the times by the server's. They differ from the
 * event's moments only if the viewer is in the event's zone, and are for texts only. The days of an all-day event are the
 * same for everyone: its moments are those at which these days begin for the viewer.
 */
export function shownMoments(event: Times, viewer: string): { startsAt: number; endsAt: number } {
  if (event.all_day) {
    const beginningOf = (midnight: string): number | null => startOfDay(midnight.slice(0, 10), viewer)
    return { startsAt: beginningOf(event.starts) ?? event.starts_at, endsAt: beginningOf(event.ends) ?? event.ends_at }
  }
  if (viewer !== event.zone) return { startsAt: event.starts_at, endsAt: event.ends_at }
  return {
    startsAt: asUtc(event.starts) - offsetMs(event.starts_at, viewer),
    endsAt: asUtc(event.ends) - offsetMs(event.ends_at, viewer),
  }
}

/** The start for the `datetime` of a `<time>` element: the moment, or the first day of an all-day event. */
export function dateTimeOf(event: Times): string {
  return event.all_day ? event.starts.slice(0, 10) : new Date(event.starts_at).toISOString()
}

/** The clocks of an event: its own leads where people meet at a place, the viewer's where they meet online. */
export function clocksOf(event: Times & Pick<Card, 'place'>, viewer: string): Clocks {
  // The event's own times need no rules: they are the ones that the organizer entered.
  const own: Clock = { whose: 'event', zone: 'UTC', startsAt: asUtc(event.starts), endsAt: asUtc(event.ends) }
  const viewers: Clock = { whose: 'viewer', zone: viewer, ...shownMoments(event, viewer) }
  if (localTime(viewers.startsAt, viewer) === event.starts) return { lead: viewers, other: null }
  return event.place === '' ? { lead: viewers, other: own } : { lead: own, other: viewers }
}

/**
 * The name of the event's clock at its start, as people there call it, or its offset: `CET`, `BST`, `GMT+9`. By the
 * server's rules: a browser with other rules knows the wrong name.
 */
export function clockName({ starts, starts_at: startsAt, zone }: Times): string {
  const offset = asUtc(starts) - startsAt
  const isSame = isZone(zone) && offsetMs(startsAt, zone) === offset
  return (isSame ? abbreviationOf(startsAt, zone) : null) ?? offsetText(offset)
}
