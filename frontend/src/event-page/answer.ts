/** What the answer box says and offers: a small state machine, a pure function of what is known. */

import type { Act, Standing } from '@/attendance/standing'
import type { EventItem } from '@/live/generated'

/** What is known of an event, of the person, and of what they asked. */
export interface Known {
  event: Pick<EventItem, 'status' | 'ends_at' | 'capacity' | 'going' | 'waiting' | 'waitlist'>
  standing: Standing
  pending: Act | undefined
  /** Why the last action was refused, while that is so. */
  refused: { code: string; detail: string } | undefined
  /** Seats that the person is about to ask for. */
  party: number
  now: number
}

/** Where a party would land. */
export type Landing = 'seats' | 'waitlist' | 'nowhere'

/** The states of the answer box. */
export type Answer =
  | { is: 'ended'; went: boolean }
  | { is: 'cancelled'; was: boolean }
  | { is: 'saving'; act: Act['is'] }
  | { is: 'refused'; why: string; code: string; then: Answer }
  | { is: 'going'; party: number }
  | { is: 'waiting'; party: number; number: number | null }
  | { is: 'joinable'; free: number | null }
  | { is: 'with-guests'; party: number; free: number | null; lands: Landing }
  | { is: 'full'; waitlist: boolean; ahead: number; party: number }

/** The state of the answer box. What can not change any more comes first, then what is under way, then what is true. */
export function answerOf(known: Known): Answer {
  const { event, standing, pending, refused, now } = known
  if (event.status === 'cancelled') return { is: 'cancelled', was: standing.status !== null }
  if (event.ends_at <= now) return { is: 'ended', went: standing.status === 'going' }
  if (pending) return { is: 'saving', act: pending.is }
  const then = standingAnswer(known)
  return refused ? { is: 'refused', why: refused.detail, code: refused.code, then } : then
}

function standingAnswer(known: Known): Answer {
  const { standing } = known
  if (standing.status === 'going') return { is: 'going', party: standing.party }
  if (standing.status === 'waitlisted') {
    return { is: 'waiting', party: standing.party, number: standing.ahead === null ? null : standing.ahead + 1 }
  }
  return apartAnswer(known)
}

function apartAnswer({ event, party }: Known): Answer {
  const free = freeSeats(event)
  if (free === 0) return { is: 'full', waitlist: event.waitlist, ahead: event.waiting, party }
  if (party === 1) return { is: 'joinable', free }
  return { is: 'with-guests', party, free, lands: landing(event, party) }
}

/** Seats that nobody has; null where there is no limit. */
export function freeSeats({ capacity, going }: Pick<EventItem, 'capacity' | 'going'>): number | null {
  return capacity === null ? null : Math.max(0, capacity - going)
}

/** Where a party lands that joins now; a party larger than the whole event fits nowhere, ever. */
export function landing(event: Known['event'], party: number): Landing {
  const free = freeSeats(event)
  if (free === null || party <= free) return 'seats'
  return event.waitlist && party <= (event.capacity ?? party) ? 'waitlist' : 'nowhere'
}

/** The largest party that could ever come. */
export function largestParty({ capacity }: Pick<EventItem, 'capacity'>, most: number): number {
  return Math.min(most, capacity ?? most)
}
