import type { MineItem } from '@/live/generated'
import { hasReached } from '@/live/position'

/** A person's attendance of one event: seats, or a place on the waitlist. */
export interface Standing {
  status: 'going' | 'waitlisted' | null
  party: number
  /** Parties ahead on the waitlist; null until the live view delivers it. */
  ahead: number | null
  /** Seats that the person has asked the hosts for; absent without a request. */
  requested?: number
  /** True if a link has invited the person; else absent. */
  isInvited?: boolean
}

/** An action without a response yet. */
export type AttendanceAction =
  | { is: 'join'; party: number }
  | { is: 'ask'; party: number }
  | { is: 'withdraw' }
  | { is: 'unattend' }
  | { is: 'resize'; party: number }

/** The standing in the last response to an action. It is valid until the live view has reached its position. */
export interface ConfirmedStanding {
  standing: Standing
  position: string | null
}

/** Neither going nor waiting. */
export const NOT_ATTENDING: Standing = { status: null, party: 0, ahead: 0 }

/** The last response as long as the `me` view is behind it, otherwise the standing in the view. */
export function standingOf(
  mine: MineItem | undefined,
  at: string | null,
  confirmed: ConfirmedStanding | undefined,
): Standing {
  if (confirmed && !hasReached(at, confirmed.position)) return confirmed.standing
  if (mine?.status) return { status: mine.status, party: mine.party, ahead: mine.ahead }
  if (!mine?.requested && !mine?.invited) return NOT_ATTENDING
  return {
    ...NOT_ATTENDING,
    ...(mine.requested && { requested: mine.requested }),
    ...(mine.invited && { isInvited: true }),
  }
}
