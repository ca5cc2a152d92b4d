import type { MineItem } from '@/live/generated'
import { formatCount } from '@/text/numbers'

/** The guests of an event who get a message. */
export type Audience = 'going' | 'waiting' | 'all'

/**
 * The number of people who get a message; null while it is not known. Nobody gets their own, so a host with a seat does not
 * count.
 *
 * @param own the status of the host's own seats; null without any
 */
export function recipients(
  to: Audience,
  { going, waiting }: { going: number | null; waiting: number | null },
  own: MineItem['status'],
): number | null {
  const parts = [
    to === 'waiting' ? 0 : going && going - Number(own === 'going'),
    to === 'going' ? 0 : waiting && waiting - Number(own === 'waitlisted'),
  ]
  return parts.reduce((sum, part) => (sum === null || part === null ? null : sum + part), 0)
}

/** The sentence about a number of recipients. */
export function recipientWords(count: number): string {
  if (count === 0) return 'No one would get it.'
  return `${formatCount(count, 'person', 'people')} ${count === 1 ? 'gets' : 'get'} it.`
}
