/** Free seats, and the result of a join. Pure. */

import type { Standing } from '@/attendance/standing'
import type { EventItem } from '@/live/generated'
import type { Tense } from './seatWords'

/** The result of a join: seats, a place on the waitlist, or a refusal. */
export type JoinOutcome = 'seats' | 'waitlist' | 'none'

/** The seats of an event. */
export type Seats = Pick<EventItem, 'capacity' | 'going' | 'waitlist'>

/** The largest party that a viewer can ask for, and the reason: the rules, the size of the event, or taken seats. */
export interface PartyLimit {
  most: number
  because: 'rules' | 'size' | 'taken'
}

/** The seats that a row draws: an event that nobody can join any more shows no place for the next person. */
export function drawnCapacity({ capacity, going }: Pick<EventItem, 'capacity' | 'going'>, tense: Tense): number | null {
  return tense === 'now' ? capacity : (capacity ?? going)
}

/** The seats of parties. */
export function seatsOf(parties: readonly { party: number }[]): number {
  return parties.reduce((sum, { party }) => sum + party, 0)
}

/** Free seats; null for an event without a limit. */
export function freeSeats({ capacity, going }: Pick<EventItem, 'capacity' | 'going'>): number | null {
  return capacity === null ? null : Math.max(0, capacity - going)
}

/** The result if a party joins now; a party larger than the whole event is always refused. */
export function outcomeOf(event: Seats, party: number): JoinOutcome {
  const free = freeSeats(event)
  if (free === null || party <= free) return 'seats'
  return event.waitlist && party <= (event.capacity ?? party) ? 'waitlist' : 'none'
}

/**
 * The largest party that the server would take now. More seats for a party that has seats must be free: only a party
 * without seats can wait. At least 1.
 */
export function partyLimit(event: Seats, { status, party }: Standing, maximum: number): PartyLimit {
  const { capacity } = event
  const free = freeSeats(event)
  if (capacity === null || free === null) return { most: maximum, because: 'rules' }
  const canWait = status === 'waitlisted' || (status === null && event.waitlist)
  const room = canWait ? capacity : status === 'going' ? party + free : free
  if (room >= maximum) return { most: maximum, because: 'rules' }
  return { most: Math.max(1, room), because: room < capacity ? 'taken' : 'size' }
}
