import type { OwnEvent } from './ownEvents'

/** Something that others did to an event of a person, or to the person's place in it. */
export type Change =
  | { is: 'deleted' }
  | { is: 'removed'; was: OwnEvent['standing'] }
  | { is: 'cancelled' }
  | { is: 'promoted' }
  | { is: 'moved' }
  | { is: 'relocated' }
  | { is: 'relinked' }

/** Why an event is no longer among a person's own; `unknown` until the server was asked. */
export type Absence = 'deleted' | 'removed' | 'unknown'

/**
 * What is new about an event since the person knew it as `before`; `at` is the server's time in ms. What the organizer does
 * is no news to the organizer, and nothing about a past event is news.
 */
export function newsOf(before: OwnEvent, now: OwnEvent | Absence, at: number): Change[] {
  if ((typeof now === 'string' ? before : now).ends_at <= at) return []
  if (typeof now === 'string') return before.organizing ? [] : absenceNews(before, now)
  if (now.status === 'cancelled') return before.status === 'cancelled' || now.organizing ? [] : [{ is: 'cancelled' }]
  const changes: Change[] = []
  if (before.standing === 'waitlisted' && now.standing === 'going') changes.push({ is: 'promoted' })
  if (now.organizing) return changes
  if (hasMoved(before, now)) changes.push({ is: 'moved' })
  if (before.place !== now.place) changes.push({ is: 'relocated' })
  if (before.link !== now.link) changes.push({ is: 'relinked' })
  return changes
}

function absenceNews(before: OwnEvent, absence: Absence): Change[] {
  if (absence === 'deleted') return [{ is: 'deleted' }]
  return absence === 'removed' ? [{ is: 'removed', was: before.standing }] : []
}

/**
 * Both the local times and the moments differ. Only the moments do after the server got new time zone rules, and only the
 * local times where an event is told in another zone.
 */
function hasMoved(before: OwnEvent, now: OwnEvent): boolean {
  const hasOtherClock = (['starts', 'ends', 'starts_fold', 'ends_fold', 'zone'] as const).some(
    (field) => before[field] !== now[field],
  )
  return hasOtherClock && (before.starts_at !== now.starts_at || before.ends_at !== now.ends_at)
}
