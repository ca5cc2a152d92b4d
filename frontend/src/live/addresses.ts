/** The canonical addresses of views (docs/protocol.md, "Views"). */

import { LIMITS } from '@/limits.generated'

/** The query of a list of events. */
export interface EventsQuery {
  when: 'upcoming' | 'past'
  q?: string
  tag?: string
  limit?: number
}

/** Events in a window that names no limit. */
export const WINDOW_DEFAULT_ITEMS = LIMITS.list.limit.default
/** The largest window. */
export const WINDOW_MAX_ITEMS = LIMITS.list.limit.maximum

/** Address of a list: parameters in a fixed order, without those that have their default. */
export function eventsAddress({ when, q = '', tag = '', limit = WINDOW_DEFAULT_ITEMS }: EventsQuery): string {
  const query = new URLSearchParams({ when })
  if (q !== '') query.set('q', q)
  if (tag !== '') query.set('tag', tag)
  if (limit !== WINDOW_DEFAULT_ITEMS) query.set('limit', String(limit))
  return `events?${query.toString()}`
}

/** Address of one event. */
export function eventAddress(id: string): string {
  return `events/${encodeURIComponent(id)}`
}
