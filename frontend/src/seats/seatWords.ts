/** The numbers of an event's seats as a text. Pure. */

import type { EventItem } from '@/live/generated'
import { formatNumber } from '@/text/numbers'

/** The tense in which an event is spoken of. */
export type Tense = 'now' | 'ended' | 'cancelled'

/** The tense of an event at a time, in ms since 1970. */
export function tenseOf({ status, ends_at: endsAt }: Pick<EventItem, 'status' | 'ends_at'>, now: number): Tense {
  if (status === 'cancelled') return 'cancelled'
  return endsAt <= now ? 'ended' : 'now'
}

const VERBS: Record<Tense, string> = { now: 'going', ended: 'went', cancelled: 'were going' }

/** `17 of 24 going, 3 waiting`; of a past event `17 of 24 went`, of a called-off one `17 of 24 were going`. */
export function seatWords(
  { going, capacity, waiting }: Pick<EventItem, 'going' | 'capacity' | 'waiting'>,
  tense: Tense,
): string {
  const taken = capacity === null ? formatNumber(going) : `${formatNumber(going)} of ${formatNumber(capacity)}`
  const verb = capacity === null && going === 1 && tense === 'cancelled' ? 'was going' : VERBS[tense]
  return `${taken} ${verb}${tense === 'now' && waiting > 0 ? `, ${formatNumber(waiting)} waiting` : ''}`
}
