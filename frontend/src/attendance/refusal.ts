/** The texts of refusals, and when they become obsolete. Pure. */

import { Rejection } from '@/api/rejection'
import type { ConnectionState } from '@/live/connection'
import { formatNumber } from '@/text/numbers'
import type { AttendanceAction, Standing } from './standing'

/** Why the last action was refused. */
export interface Refusal {
  code: Rejection['code']
  /** One sentence to show. */
  detail: string
  /** Free seats when it was refused; null if it is not about seats. */
  free: number | null
}

/** The current facts that a refusal can depend on. */
export interface Situation {
  status: 'scheduled' | 'cancelled'
  /** Free seats; null for an event without a limit. */
  free: number | null
  standing: Standing
  connection: ConnectionState
}

/** Codes that do not concern the event: there was no response, or the server could not give one. */
const NO_ANSWER: readonly Rejection['code'][] = ['unreachable', 'unavailable', 'not-leader', 'full', 'too-many']

/** The refusal of an action by a viewer with this standing. */
export function refusalOf({ code, detail, free }: Rejection, action: AttendanceAction, standing: Standing): Refusal {
  if (code !== 'event-full') return { code, detail, free: null }
  const added = action.is === 'resize' && standing.status === 'going' ? action.party - standing.party : 0
  const isGrowth = free !== null && added > free
  return { code, detail: isGrowth ? growthWords(free, standing.party) : detail, free: free ?? 0 }
}

/** `There are no more seats to add. You still have 1.`, `Only 2 more seats are left to add. You still have 1.` */
function growthWords(free: number, party: number): string {
  const left = free === 1 ? 'Only 1 more seat is left to add.' : `Only ${String(free)} more seats are left to add.`
  return `${free === 0 ? 'There are no more seats to add.' : left} You still have ${String(party)}.`
}

/** The page offered seats, but the server gave a place on the waitlist, because others were faster. */
export function lostRace(party: number): Refusal {
  const detail = party === 1 ? 'Someone just took the last seat.' : 'Someone just took those seats.'
  return { code: 'event-full', detail, free: party - 1 }
}

/** The sentence of a refusal, followed by the viewer's place on the waitlist if they have one. */
export function refusalWords({ detail }: Refusal, { status, ahead }: Standing): string {
  return status === 'waitlisted' && ahead !== null
    ? `${detail} You're number ${formatNumber(ahead + 1)} on the waitlist.`
    : detail
}

/** True if the change from `before` to `now` makes a refusal obsolete. */
export function isObsolete(refusal: Refusal, before: Situation, now: Situation): boolean {
  if (now.status !== before.status) return true
  if (now.standing.status !== before.standing.status || now.standing.party !== before.standing.party) return true
  if (NO_ANSWER.includes(refusal.code) && now.connection !== before.connection) return now.connection === 'live'
  if (now.free === before.free) return false
  return !isCatchingUp(refusal.free, before.free, now.free)
}

/** True while the live view, which can be behind the response, comes down to the free seats that the refusal names. */
function isCatchingUp(refused: number | null, before: number | null, now: number | null): boolean {
  if (refused === null || before === null || now === null) return false
  return now === refused || (refused < now && now < before)
}
