/** How long a refusal is worth saying: as long as what it was about is still so. Pure. */

import { Rejection } from '@/api/rejection'
import type { LinkState } from '@/live/link'
import type { Standing } from './standing'

/** Why the last action was refused. */
export interface Refusal {
  code: Rejection['code']
  /** One sentence, fit to be shown. */
  detail: string
  /** Free seats as it found them; null where it is not about seats. */
  free: number | null
}

/** What a refusal can be about, as it is shown now. */
export interface Situation {
  status: 'scheduled' | 'cancelled'
  /** Free seats; null where there is no limit. */
  free: number | null
  standing: Standing
  link: LinkState
}

/** Codes that say nothing of the event: no answer came, or none could be given. */
const NO_ANSWER: readonly Rejection['code'][] = ['unreachable', 'unavailable', 'not-leader']

export function refusalOf({ code, detail, free }: Rejection): Refusal {
  return { code, detail, free: code === 'event-full' ? (free ?? 0) : null }
}

/** Seats were offered, and others were quicker: the server gave a place in the line instead. */
export function missed(party: number): Refusal {
  const detail = party === 1 ? 'That was the last seat a moment ago.' : 'Those seats were taken a moment ago.'
  return { code: 'event-full', detail, free: party - 1 }
}

/** A refusal, and the place in the line of whoever has one. */
export function refusalWords({ detail }: Refusal, { status, ahead }: Standing): string {
  return status === 'waitlisted' && ahead !== null ? `${detail} You are number ${String(ahead + 1)} in line.` : detail
}

/** Whether a refusal stopped being true when things went from `before` to `now`. */
export function outlived(refusal: Refusal, before: Situation, now: Situation): boolean {
  if (now.status !== before.status) return true
  if (now.standing.status !== before.standing.status || now.standing.party !== before.standing.party) return true
  if (NO_ANSWER.includes(refusal.code) && now.link !== before.link) return now.link === 'live'
  if (now.free === before.free) return false
  return !catchesUp(refusal.free, before.free, now.free)
}

/** The answer to a write may overtake the live view, which then still comes down to what the refusal has said. */
function catchesUp(said: number | null, before: number | null, now: number | null): boolean {
  if (said === null || before === null || now === null) return false
  return now === said || (said < now && now < before)
}
