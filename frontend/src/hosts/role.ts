import type { EventItem, Person } from '@/live/generated'

/** The role of a person at an event. Hosts are its organizer and its co-hosts. */
export type Role = 'organizer' | 'co-host'

/** The role of a person (null for a visitor) at an event; null for none. */
export function roleOf(event: Pick<EventItem, 'organizer' | 'cohosts'>, user: string | null): Role | null {
  if (user === null) return null
  if (event.organizer.id === user) return 'organizer'
  return event.cohosts?.some(({ id }) => id === user) ? 'co-host' : null
}

/** The hosts of an event: its organizer, unless they are gone, then its co-hosts. */
export function hostsOf(event: Pick<EventItem, 'organizer' | 'cohosts'>): Person[] {
  return [event.organizer, ...(event.cohosts ?? [])].filter(({ id }) => id !== '')
}
