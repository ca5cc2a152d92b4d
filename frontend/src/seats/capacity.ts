/** Free seats, and the result of a join. Pure. */

import type { EventItem } from '@/live/generated'

/** The result of a join: seats, a place on the waitlist, or a refusal. */
export type JoinOutcome = 'seats' | 'waitlist' | 'none'

/** Free seats; null for an event without a limit. */
export function freeSeats({ capacity, going }: Pick<EventItem, 'capacity' | 'going'>): number | null {
  return capacity === null ? null : Math.max(0, capacity - going)
}

/** The result if a party joins now; a party larger than the whole event is always refused. */
export function outcomeOf(event: Pick<EventItem, 'capacity' | 'going' | 'waitlist'>, party: number): JoinOutcome {
  const free = freeSeats(event)
  if (free === null || party <= free) return 'seats'
  return event.waitlist && party <= (event.capacity ?? party) ? 'waitlist' : 'none'
}

/** The largest party that fits into the whole event. */
export function largestParty({ capacity }: Pick<EventItem, 'capacity'>, maximum: number): number {
  return Math.min(maximum, capacity ?? maximum)
}
