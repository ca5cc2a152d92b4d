import type { EventItem } from '@/live/generated'

const CHANGEABLE = 'Title, description, place, link and tags can still change.'

/** Why only the texts of an event can change; empty if all fields can. */
export function closedWords({ status, ends_at: endsAt }: Pick<EventItem, 'status' | 'ends_at'>, now: number): string {
  if (status === 'cancelled') return `You called this off. ${CHANGEABLE}`
  return endsAt <= now ? `This event has ended. ${CHANGEABLE}` : ''
}
