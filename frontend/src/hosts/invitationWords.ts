/** The choices for a new invitation link, and the words about an existing one. Pure. */

import type { InvitationItem } from '@/live/generated'
import { formatCount } from '@/text/numbers'
import { shortDay, timeOfDay } from '@/time/timeText'
import { localTime } from '@/time/zones'

const DAY_MS = 86_400_000

/** The time for which a link is valid. */
export type Validity = 'day' | 'week' | 'start' | 'always'

export const VALIDITIES: readonly [Validity, string][] = [
  ['week', 'For a week'],
  ['day', 'For a day'],
  ['start', 'Until the event starts'],
  ['always', 'Without an end'],
]

/** The end of a link that is made now, in ms; null for none. */
export function endOf(validity: Validity, now: number, startsAt: number): number | null {
  if (validity === 'always') return null
  if (validity === 'start') return startsAt
  return now + (validity === 'day' ? DAY_MS : 7 * DAY_MS)
}

/** `For 3 people, until Sat 28 Nov 19:30`, `For any number of people, until the end of Fri 4 Dec`, `Used up`, `Ended`. */
export function invitationWords({ uses, ends_at: endsAt }: InvitationItem, now: number, zone: string): string {
  if (uses === 0) return 'Used up'
  if (endsAt !== null && endsAt <= now) return 'Ended'
  const people = uses === null ? 'For any number of people' : `For ${formatCount(uses, 'person', 'people')}`
  return endsAt === null ? people : `${people}, until ${endWords(endsAt, zone)}`
}

/** A link that is valid until an all-day event starts ends at midnight, which is hard to read as the end of a day. */
function endWords(endsAt: number, zone: string): string {
  if (localTime(endsAt, zone).endsWith('T00:00')) return `the end of ${shortDay(endsAt - 1, zone)}`
  return `${shortDay(endsAt, zone)} ${timeOfDay(endsAt, zone)}`
}
