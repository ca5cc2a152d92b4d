/**
 * The times of an event by the server's time zone rules.
 *
 * An event has its local times and, by the server's rules, the moments. A browser with other rules for the event's zone
 * would show the moments as other local times than the organizer entered. Then the server's count.
 */

import type { Card } from '@/live/generated'
import { asUtc, isZone, localTime, offsetMs, offsetText } from './zones'

/** The times of an event: local times in `zone`, and the moments. */
export type Times = Pick<Card, 'starts' | 'ends' | 'zone' | 'starts_at' | 'ends_at'>

/** True if the browser knows the event's zone, but with other rules than the server. */
export function hasOtherRules({ starts, ends, zone, starts_at: startsAt, ends_at: endsAt }: Times): boolean {
  return isZone(zone) && (localTime(startsAt, zone) !== starts || localTime(endsAt, zone) !== ends)
}

/**
 * The moments to format with the browser's rules, so that the viewer sees the times by the server's. They differ from the
 * event's moments only if the viewer is in the event's zone, and are for texts only.
 */
export function shownMoments(event: Times, viewer: string): { startsAt: number; endsAt: number } {
  if (viewer !== event.zone) return { startsAt: event.starts_at, endsAt: event.ends_at }
  return {
    startsAt: asUtc(event.starts) - offsetMs(event.starts_at, viewer),
    endsAt: asUtc(event.ends) - offsetMs(event.ends_at, viewer),
  }
}

/** The viewer's offset at the start of an event, as text: `GMT+1`. */
export function shownOffset(event: Times, viewer: string): string {
  return offsetText(viewer === event.zone ? asUtc(event.starts) - event.starts_at : offsetMs(event.starts_at, viewer))
}
