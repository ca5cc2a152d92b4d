/** Windows of an event's people, and their order. Pure. */

import { LIMITS } from '@/limits.generated'
import type { AttendeeItem } from '@/live/generated'

/** People in a window: the most that the gateway gives. */
export const WINDOW_PEOPLE = LIMITS.people.limit.maximum
/** Windows that are open at once; people beyond them are found by search only. */
export const WINDOWS_MAX = 10

/** The people of one event. */
export interface PeopleSearch {
  event: string
  status: AttendeeItem['status']
  /** Words of the name; empty for all people. */
  q: string
}

/** The end of a loaded window. */
export interface WindowEnd {
  /** Rank of the last person in it. */
  last: number
  /** True if there are people behind it. */
  hasMore: boolean
}

/**
 * The ranks behind which the windows of a chain begin; null for a closed window. Each window goes on where the one before
 * ends. It keeps its start while both overlap: when people leave, the window before reaches further. When people move up
 * into that window it ends earlier, and the next one has to begin there, or there would be a gap.
 *
 * @param starts the present starts.
 * @param ends of the windows; null for one that is loading.
 * @param wanted number of windows.
 */
export function chainStarts(
  starts: readonly (number | null)[],
  ends: readonly (WindowEnd | null)[],
  wanted: number,
): (number | null)[] {
  const chain: (number | null)[] = []
  for (const [index, start] of starts.entries()) chain.push(index === 0 ? 0 : startAfter(index, start))
  return chain

  function startAfter(index: number, start: number | null): number | null {
    if (index >= wanted || (chain[index - 1] ?? null) === null) return null
    const before = ends[index - 1] ?? null
    if (before === null) return start
    if (!before.hasMore) return null
    return start !== null && start <= before.last ? start : before.last
  }
}

/** People of several lists in the order of joining. */
export function inOrderOfJoining(people: readonly AttendeeItem[]): readonly AttendeeItem[] {
  return people.toSorted((one, other) => one.rank - other.rank)
}

/** Ways to sort people. */
export type PeopleOrder = 'joined' | 'name' | 'party'

const NAMES = new Intl.Collator(undefined, { sensitivity: 'base', numeric: true })

/** People in an order. Those who are equal in it stand in the order of joining. */
export function sortPeople(people: readonly AttendeeItem[], order: PeopleOrder): readonly AttendeeItem[] {
  if (order === 'joined') return people
  const byName = (one: AttendeeItem, other: AttendeeItem): number => NAMES.compare(one.user.name, other.user.name)
  const bySize = (one: AttendeeItem, other: AttendeeItem): number => other.party - one.party
  const compare = order === 'name' ? byName : bySize
  return [...people].sort((one, other) => compare(one, other) || one.rank - other.rank)
}
