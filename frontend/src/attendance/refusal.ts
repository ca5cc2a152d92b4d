/** Refusals: the sentence, and when its reason no longer holds. Pure. */

import { Rejection } from '@/api/rejection'
import type { ConnectionState } from '@/live/connection'
import type { Standing } from './standing'

/** Why the last action was refused. */
export interface Refusal {
  code: Rejection['code']
  /** One sentence, fit to be shown. */
  detail: string
  /** Free seats when it was refused; null if it is not about seats. */
  free: number | null
}

/** The facts that a refusal can depend on, as they are now. */
export interface Situation {
  status: 'scheduled' | 'cancelled'
  /** Free seats; null where there is no limit. */
  free: number | null
  standing: Standing
  connection: ConnectionState
}

/** Codes that say nothing about the event: no answer came, or the server could not give one. */
const NO_ANSWER: readonly Rejection['code'][] = ['unreachable', 'unavailable', 'not-leader']

export function refusalOf({ code, detail, free }: Rejection): Refusal {
  return { code, detail, free: code === 'event-full' ? (free ?? 0) : null }
}

/** The page offered seats and others were quicker: the server gave a place on the waitlist instead. */
export function lostRace(party: number): Refusal {
  const detail = party === 1 ? 'Someone just took the last seat.' : 'Someone just took those seats.'
  return { code: 'event-full', detail, free: party - 1 }
}

/** The sentence of a refusal, followed by the viewer's place on the waitlist if they have one. */
export function refusalWords({ detail }: Refusal, { status, ahead }: Standing): string {
  return status === 'waitlisted' && ahead !== null
    ? `${detail} You're number ${String(ahead + 1)} on the waitlist.`
    : detail
}

/** True if the change from `before` to `now` makes a refusal obsolete. */
export function isObsolete(refusal: Refusal, before: Situation, now: Situation): boolean {
  if (now.status !== before.status) return true
  if (now.standing.status !== before.standing.status || now.standing.party !== before.standing.party) return true
  if (NO_ANSWER.includes(refusal.code) && now.connection !== before.connection) return now.connection === 'live'
  if (now.free === before.free) return false
  return !isLate(refusal.free, before.free, now.free)
}

/** The answer to a write may overtake the live view, which then still has to reach the seats the refusal named. */
function isLate(said: number | null, before: number | null, now: number | null): boolean {
  if (said === null || before === null || now === null) return false
  return now === said || (said < now && now < before)
}
