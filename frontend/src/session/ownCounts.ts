import type { UserItem } from '@/live/generated'
import type { Item } from '@/live/replica'

/** The numbers of events to come that a person organizes, and at which they have seats or a place on the waitlist. */
export type OwnCounts = Pick<UserItem, 'organizes' | 'attends'>

/** The counts in the items of the view `me`; zeros before it has loaded. */
export function ownCounts(items: readonly Item[]): OwnCounts {
  return items.find((item) => item.kind === 'user') ?? { organizes: 0, attends: 0 }
}
