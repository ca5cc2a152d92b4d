/** Computes the state of the answer box, which shows the viewer's attendance on the event's page. Pure. */

import type { AttendanceAction, Standing } from '@/attendance/standing'
import type { EventItem } from '@/live/generated'
import { freeSeats, outcomeOf, type JoinOutcome } from '@/seats/capacity'

/** The event, the viewer's attendance, and the action under way. */
export interface AnswerInput {
  event: Pick<EventItem, 'status' | 'ends_at' | 'capacity' | 'going' | 'waiting' | 'waitlist'>
  standing: Standing
  pending: AttendanceAction | undefined
  /** The last refusal, unless it is obsolete. */
  refused: { code: string; detail: string } | undefined
  /** Seats the viewer is about to ask for. */
  party: number
  now: number
  /** Parties on the waitlist; null if not all of them are loaded. */
  waitingGroups?: number | null
}

/** The states of the answer box. */
export type AnswerState =
  | { is: 'ended'; hadSeat: boolean }
  | { is: 'cancelled'; attended: boolean }
  | { is: 'saving'; action: AttendanceAction['is'] }
  | { is: 'refused'; why: string; code: string; then: AnswerState }
  | { is: 'going'; party: number }
  | { is: 'waiting'; party: number; number: number | null }
  | { is: 'too-large'; party: number; capacity: number }
  | { is: 'joinable'; free: number | null }
  | { is: 'with-guests'; party: number; free: number | null; outcome: JoinOutcome }
  | { is: 'full'; waitlist: boolean; waiting: number; groups: number | null; party: number }

/** The state of the answer box. Final states win over an action under way, which wins over the attendance. */
export function answerState(input: AnswerInput): AnswerState {
  const { event, standing, pending, refused, now } = input
  if (event.status === 'cancelled') return { is: 'cancelled', attended: standing.status !== null }
  if (event.ends_at <= now) return { is: 'ended', hadSeat: standing.status === 'going' }
  if (pending) return { is: 'saving', action: pending.is }
  const then = attendingState(input)
  return refused ? { is: 'refused', why: refused.detail, code: refused.code, then } : then
}

/** A waiting party is too large once the organizer has cut the capacity below it: it can never move up as it is. */
function attendingState(input: AnswerInput): AnswerState {
  const { standing, event } = input
  if (standing.status === 'going') return { is: 'going', party: standing.party }
  if (standing.status === 'waitlisted') {
    const { capacity } = event
    if (capacity !== null && standing.party > capacity) return { is: 'too-large', party: standing.party, capacity }
    return { is: 'waiting', party: standing.party, number: standing.ahead === null ? null : standing.ahead + 1 }
  }
  return notAttendingState(input)
}

function notAttendingState({ event, party, waitingGroups = null }: AnswerInput): AnswerState {
  const free = freeSeats(event)
  if (free === 0) {
    return { is: 'full', waitlist: event.waitlist, waiting: event.waiting, groups: waitingGroups, party }
  }
  if (party === 1) return { is: 'joinable', free }
  return { is: 'with-guests', party, free, outcome: outcomeOf(event, party) }
}
