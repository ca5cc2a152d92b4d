import type { MineItem } from '@/live/generated'
import { hasReached } from '@/live/position'

/** A person's attendance of one event: seats, or a place on the waitlist. */
export interface Standing {
  status: 'going' | 'waitlisted' | null
  party: number
  /** Parties ahead on the waitlist; null until the live view tells. */
  ahead: number | null
}

/** An action that was sent and is not answered yet. */
export type Act = { is: 'join'; party: number } | { is: 'unattend' } | { is: 'resize'; party: number }

/** The server's last answer. It counts until the live view has reached its position. */
export interface Answered {
  standing: Standing
  position: string | null
}

/** Neither going nor waiting. */
export const NOT_ATTENDING: Standing = { status: null, party: 0, ahead: 0 }

/**
 * The attendance as far as the server has told: its last answer while the `me` view is behind that, the view otherwise.
 */
export function standingOf(mine: MineItem | undefined, at: string | null, answered: Answered | undefined): Standing {
  if (answered && !hasReached(at, answered.position)) return answered.standing
  return mine?.status ? { status: mine.status, party: mine.party, ahead: mine.ahead } : NOT_ATTENDING
}
