import type { Item } from '@/live/replica'

/** The numbers of events to come that a person organizes, and at which they have seats or a place on the waitlist. */
export interface OwnCounts {
  organized: number
  attended: number
}

/** Counts the items of the view `me`. */
export function ownCounts(items: readonly Item[], now: number): OwnCounts {
  const upcomingIds = new Set(
    items
      .filter((item) => item.kind === 'card')
      .filter((card) => card.status === 'scheduled' && card.ends_at > now)
      .map(({ id }) => id),
  )
  const mine = items.filter((item) => item.kind === 'mine').filter(({ event }) => upcomingIds.has(event))
  return {
    organized: mine.filter(({ organizing }) => organizing).length,
    attended: mine.filter(({ status }) => status !== null).length,
  }
}
