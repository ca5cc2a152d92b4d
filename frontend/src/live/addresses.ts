/** The canonical addresses of views (docs/protocol.md, "Views"). */

import { LIMITS } from '@/limits.generated'

/** A list of events: those to come or those that have ended, of everyone or only the signed-in user's own. */
export interface ListName {
  when: 'upcoming' | 'past'
  isOwn?: boolean
}

/** The query of a list of events. */
export interface EventsQuery extends ListName {
  q?: string
  tag?: string
  /** A cursor: the window holds the first events that follow it. */
  after?: string
  /** A cursor: the window holds the last events that precede it. */
  before?: string
  limit?: number
}

/** Events in a window that names no limit. */
export const WINDOW_DEFAULT_ITEMS = LIMITS.list.limit.default

/** Address of a list: parameters in a fixed order, without those that have their default. */
export function eventsAddress({ when, isOwn, limit = WINDOW_DEFAULT_ITEMS, ...rest }: EventsQuery): string {
  const { q, tag, after, before } = rest
  const shownLimit = limit === WINDOW_DEFAULT_ITEMS ? '' : String(limit)
  return address(isOwn ? 'me' : 'events', { when, q, tag, after, before, limit: shownLimit })
}

/** The query of a month, as `YYYY-MM`, by the clock of a zone. */
export interface CalendarQuery {
  isOwn?: boolean
  month: string
  zone: string
  q?: string
  tag?: string
}

/** Address of the days of a month with the number of events that start on each. */
export function calendarAddress(query: CalendarQuery): string {
  const { isOwn, month, zone, q, tag } = query
  return address(isOwn ? 'me/calendar' : 'calendar', { month, zone: zone === 'UTC' ? '' : zone, q, tag })
}

/** Address of the most frequent tags of a list. */
export function tagsAddress({ when, isOwn }: ListName): string {
  return address(isOwn ? 'me/tags' : 'tags', { when })
}

/** Address of one event. */
export function eventAddress(id: string): string {
  return `events/${encodeURIComponent(id)}`
}

/** Address of what the hosts of an event see. */
export function deskAddress(event: string): string {
  return `${eventAddress(event)}/desk`
}

/** Address of the open reports, and of what moderators did. */
export const MODERATION = 'moderation'
export const MODERATION_AUDIT = 'moderation/audit'

/** The query of a window of an event's people. */
export interface PeopleQuery {
  status: 'going' | 'waitlisted'
  q: string
  /** The rank behind which the window begins; 0 for the first window. */
  after: number
  limit: number
}

/** Address of a window of an event's people. */
export function peopleAddress(event: string, { status, q, after, limit }: PeopleQuery): string {
  return address(`${eventAddress(event)}/people`, {
    status,
    q,
    after: after === 0 ? '' : String(after),
    limit: String(limit),
  })
}

/** An address with its parameters in their order, without empty ones. */
function address(name: string, parameters: Record<string, string | undefined>): string {
  const query = new URLSearchParams()
  for (const [key, value = ''] of Object.entries(parameters)) if (value !== '') query.set(key, value)
  return `${name}?${query.toString()}`
}
