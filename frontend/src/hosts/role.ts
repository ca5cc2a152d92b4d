import type { EventItem } from '@/live/generated'

/** The role of a person at an event. Hosts are its organizer and its co-hosts. */
export type Role = 'organizer' | 'co-host'

/** The role of a person (null for a visitor) at an event; null for none. */
export function roleOf(event: Pick<EventItem, 'organizer' | 'cohosts'>, user: string | null): Role | null {
  if (user === null) return null
  if (event.organizer.id === user) return 'organizer'
  return event.cohosts?.some(({ id }) => id === user) ? 'co-host' : null
}
