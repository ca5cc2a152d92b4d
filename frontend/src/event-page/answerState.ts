/** Computes the state of the answer box, which shows the viewer's attendance on the event's page. Pure. */

import type { AttendanceAction, Standing } from '@/attendance/standing'
import type { EventItem } from '@/live/generated'
import { freeSeats, outcomeOf, seatsOf, type JoinOutcome } from '@/seats/capacity'

/** The parties of a waitlist, in its order. */
export type Waitlist = readonly { party: number }[]

/** The event, the viewer's attendance, and the action under way. */
export interface AnswerInput {
  event: Pick<EventItem, 'status' | 'ends_at' | 'capacity' | 'going' | 'waiting' | 'waitlist'>
  standing: Standing
  pending: AttendanceAction | undefined
  /** The last refusal, unless it is obsolete. */
  refused: { detail: string } | undefined
  /** Seats the viewer is about to ask for. */
  party: number
  now: number
  /** The first parties on the waitlist, maybe all of them. */
  waitlist?: Waitlist
  /** True if the viewer organizes the event. */
  isOrganizer?: boolean
}

/** Parties on the waitlist, and the people in them; null if that is unknown. */
export interface Waiting {
  groups: number | null
  people: number | null
}

/** The states of the answer box. */
export type AnswerState =
  | { is: 'ended'; hadSeat: boolean }
  | { is: 'cancelled'; attended: boolean; isOrganizer: boolean }
  | { is: 'saving'; action: AttendanceAction['is'] }
  | { is: 'refused'; why: string; then: AnswerState }
  | { is: 'going'; party: number }
  | { is: 'waiting'; party: number; number: number | null; ahead: Waiting }
  | { is: 'too-large'; party: number; capacity: number }
  | { is: 'joinable'; free: number | null; isOrganizer: boolean }
  | { is: 'with-guests'; party: number; free: number | null; outcome: JoinOutcome }
  | { is: 'full'; waitlist: boolean; waiting: Waiting; party: number }

/** The state of the answer box. Final states win over an action under way, which wins over the attendance. */
export function answerState(input: AnswerInput): AnswerState {
  const { event, standing, pending, refused, now, isOrganizer = false } = input
  if (event.status === 'cancelled') return { is: 'cancelled', attended: standing.status !== null, isOrganizer }
  if (event.ends_at <= now) return { is: 'ended', hadSeat: standing.status === 'going' }
  if (pending) return { is: 'saving', action: pending.is }
  const then = attendingState(input)
  return refused ? { is: 'refused', why: refused.detail, then } : then
}

/** A waiting party is too large once the organizer has cut the capacity below it: it can never move up as it is. */
function attendingState(input: AnswerInput): AnswerState {
  const { standing, event, waitlist = [] } = input
  const { status, party, ahead } = standing
  if (status === 'going') return { is: 'going', party }
  if (status === 'waitlisted') {
    const { capacity } = event
    if (capacity !== null && party > capacity) return { is: 'too-large', party, capacity }
    const number = ahead === null ? null : ahead + 1
    return { is: 'waiting', party, number, ahead: { groups: ahead, people: peopleAhead(waitlist, ahead) } }
  }
  return notAttendingState(input)
}

function notAttendingState({ event, party, waitlist = [], isOrganizer = false }: AnswerInput): AnswerState {
  const free = freeSeats(event)
  if (free === 0) {
    const people = event.waiting
    const groups = seatsOf(waitlist) === people ? waitlist.length : null
    return { is: 'full', waitlist: event.waitlist, waiting: { groups, people }, party }
  }
  if (party === 1) return { is: 'joinable', free, isOrganizer }
  return { is: 'with-guests', party, free, outcome: outcomeOf(event, party) }
}

/** The people in the first `groups` parties; null if not all of these are loaded. */
function peopleAhead(waitlist: Waitlist, groups: number | null): number | null {
  return groups === null || groups > waitlist.length ? null : seatsOf(waitlist.slice(0, groups))
}
