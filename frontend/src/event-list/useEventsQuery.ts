import { computed, type ComputedRef } from 'vue'
import { useRoute, useRouter, type LocationQuery, type LocationQueryValue } from 'vue-router'
import { LIMITS } from '@/limits.generated'
import { WINDOW_DEFAULT_ITEMS, WINDOW_MAX_ITEMS } from '@/live/addresses'

/** The open list. */
export type When = 'upcoming' | 'mine' | 'past'

/** The query of a list, as in the address bar. */
export interface Query {
  when: When
  q: string
  tag: string
  limit: number
}

/** The query of the open list, and a function that changes it. The address bar is its only storage. */
export function useEventsQuery(): { query: ComputedRef<Query>; ask: (change: Partial<Query>) => void } {
  const route = useRoute()
  const router = useRouter()
  const query = computed(() => parseQuery(route.query))

  function ask(change: Partial<Query>): void {
    // Another query starts with a small window.
    const next = { ...query.value, limit: WINDOW_DEFAULT_ITEMS, ...change }
    // Typing makes one entry of history, not one for each letter.
    const isTyping = change.q !== undefined || change.limit !== undefined
    void router[isTyping ? 'replace' : 'push']({ name: 'events', query: writeQuery(next) })
  }

  return { query, ask }
}

/** Parses the address bar; invalid values are ignored. */
export function parseQuery(query: LocationQuery): Query {
  const when = first(query.when)
  const limit = Number(first(query.limit))
  return {
    when: when === 'mine' || when === 'past' ? when : 'upcoming',
    q: first(query.q),
    tag: first(query.tag),
    limit: Number.isInteger(limit) && limit > 0 ? Math.min(limit, WINDOW_MAX_ITEMS) : WINDOW_DEFAULT_ITEMS,
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
export function writeQuery({ when, q, tag, limit }: Query): Record<string, string> {
  return {
    ...(when === 'upcoming' ? {} : { when }),
    ...(q === '' ? {} : { q }),
    ...(tag === '' ? {} : { tag }),
    ...(limit === WINDOW_DEFAULT_ITEMS ? {} : { limit: String(limit) }),
  }
}

function first(value: LocationQueryValue | LocationQueryValue[] | undefined): string {
  return (Array.isArray(value) ? value[0] : value) ?? ''
}
