import type { EventItem } from '@/live/generated'

const CHANGEABLE = 'Title, description, place, link, tags and who sees it can still change.'

/** Why the times and seats of an event cannot change; empty if all fields can. */
export function closedWords({ status, ends_at: endsAt }: Pick<EventItem, 'status' | 'ends_at'>, now: number): string {
  if (status === 'cancelled') return `This event was called off. ${CHANGEABLE}`
  return endsAt <= now ? `This event has ended. ${CHANGEABLE}` : ''
}
