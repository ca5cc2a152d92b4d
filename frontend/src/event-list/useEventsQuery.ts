import { computed, type ComputedRef } from 'vue'
import { useRoute, useRouter, type LocationQuery, type LocationQueryValue } from 'vue-router'
import { LIMITS } from '@/limits.generated'
import type { ListName } from '@/live/addresses'
import { isDay } from '@/time/weeks'

/** The open list: events to come, the viewer's own, the viewer's own that have ended, all that have ended. */
export type When = 'upcoming' | 'mine' | 'mine-past' | 'past'

/** True for the lists of the viewer's own events. */
export function isMine(when: When): when is 'mine' | 'mine-past' {
  return when === 'mine' || when === 'mine-past'
}

/** True for the lists of events that have ended, which go back in time. */
export function isPast(when: When): boolean {
  return when === 'past' || when === 'mine-past'
}

/** The server's name of a list. */
export function nameOf(when: When): ListName {
  return { when: isPast(when) ? 'past' : 'upcoming', isOwn: isMine(when) }
}

/** The query of a list, as in the address bar. */
export interface Query {
  when: When
  q: string
  tag: string
  /** The day at which the list is opened, as `YYYY-MM-DD`; empty for its start. */
  from: string
}

/** The query of the open list, and a function that changes it. The address bar is its only storage. */
export function useEventsQuery(): { query: ComputedRef<Query>; ask: (change: Partial<Query>) => void } {
  const route = useRoute()
  const router = useRouter()
  const query = computed<Query>((before) => {
    // While the list is left, the address is that of another page.
    if (before && route.name !== 'events') return before
    const now = parseQuery(route.query)
    return before && JSON.stringify(before) === JSON.stringify(now) ? before : now
  })

  function ask(change: Partial<Query>): void {
    // The list of another query opens at its start.
    const next = { ...query.value, from: '', ...change }
    // Typing makes one entry of history, not one for each letter.
    void router[change.q === undefined ? 'push' : 'replace']({ name: 'events', query: writeQuery(next) })
  }

  return { query, ask }
}

const WHENS: readonly string[] = ['mine', 'mine-past', 'past'] satisfies When[]

/** Parses the address bar; invalid values are ignored. */
export function parseQuery(query: LocationQuery): Query {
  const when = first(query.when)
  const from = first(query.from)
  return {
    when: WHENS.includes(when) ? (when as When) : 'upcoming',
    q: first(query.q),
    tag: first(query.tag),
    from: isDay(from) ? from : '',
  }
}

/** Why the server does not search for `q`; null if it does. */
export function searchProblem(q: string): string | null {
  const excess = Array.from(q).length - LIMITS.list.q.maxLength
  return excess > 0
    ? `A search can have up to ${String(LIMITS.list.q.maxLength)} characters. Remove ${String(excess)}.`
    : null
}

/** The parameters for the address bar, without defaults. */
export function writeQuery({ when, q, tag, from }: Query): Record<string, string> {
  return {
    ...(when === 'upcoming' ? {} : { when }),
    ...(q === '' ? {} : { q }),
    ...(tag === '' ? {} : { tag }),
    ...(from === '' ? {} : { from }),
  }
}

/** The list that has the events of a day: those that are over are in another one than those to come. */
export function whenAt(when: When, day: string, today: string): When {
  if (day === today) return when
  if (day < today) return isMine(when) ? 'mine-past' : 'past'
  return isMine(when) ? 'mine' : 'upcoming'
}

/** The list's name in headings. */
export const HEADINGS: Readonly<Record<When, string>> = {
  upcoming: 'What’s on',
  mine: 'My events',
  'mine-past': 'My events',
  past: 'Past events',
}

const TITLES: Readonly<Record<When, string>> = {
  upcoming: 'Events',
  mine: 'My events',
  'mine-past': 'My past events',
  past: 'Past events',
}

/** The title of the document, without the site: `Events`, or `jazz · Past events`. */
export function titleOf({ when, q, tag }: Query): string {
  return [q.trim(), tag, TITLES[when]].filter(Boolean).join(' · ')
}

function first(value: LocationQueryValue | LocationQueryValue[] | undefined): string {
  return (Array.isArray(value) ? value[0] : value) ?? ''
}
