/** The way in which a person joins an event. Pure. */

import { roleOf } from '@/hosts/role'
import type { EventItem } from '@/live/generated'
import type { Standing } from './standing'

/** `join`: takes seats; `ask`: asks the hosts for seats; `invitation`: needs an invitation first. */
export type WayToJoin = 'join' | 'ask' | 'invitation'

/** The way for a person (null for a visitor) who has no seats. Hosts and invited people join every event. */
export function wayToJoin(
  event: Pick<EventItem, 'organizer' | 'cohosts' | 'joining'>,
  { isInvited = false }: Standing,
  user: string | null,
): WayToJoin {
  if (event.joining === undefined || isInvited || roleOf(event, user) !== null) return 'join'
  return event.joining === 'request' ? 'ask' : 'invitation'
}
