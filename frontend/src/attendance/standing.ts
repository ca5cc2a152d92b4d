import type { MineItem } from '@/live/generated'
import { reached } from '@/live/position'

/** How somebody stands to an event: their seats, or their place in the line. */
export interface Standing {
  status: 'going' | 'waitlisted' | null
  party: number
  /** Parties before theirs; null where the answer to a join did not say it yet. */
  ahead: number | null
}

/** What was asked and is not answered yet. */
export type Act = { is: 'join'; party: number } | { is: 'unattend' } | { is: 'resize'; party: number }

/** What the server has answered, which counts until the live view has caught up with it. */
export interface Settled {
  standing: Standing
  position: string | null
}

/** Nobody of this event. */
export const APART: Standing = { status: null, party: 0, ahead: 0 }

/**
 * What is true now, as far as the server has told: its last answer while the `me` view is behind that, the view
 * otherwise.
 */
export function standingOf(mine: MineItem | undefined, at: string | null, settled: Settled | undefined): Standing {
  if (settled && !reached(at, settled.position)) return settled.standing
  return mine?.status ? { status: mine.status, party: mine.party, ahead: mine.ahead } : APART
}
