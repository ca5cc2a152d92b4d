import { computed, type ComputedRef } from 'vue'
import { useRoute, useRouter, type LocationQuery, type LocationQueryValue } from 'vue-router'
import { WINDOW_DEFAULT_ITEMS, WINDOW_MAX_ITEMS } from '@/live/addresses'

/** Which list is open. */
export type When = 'upcoming' | 'mine' | 'past'

/** The questions of the list, as the address bar holds them. */
export interface Query {
  when: When
  q: string
  tag: string
  limit: number
}

/** The list's questions, and how to ask others; the address bar is their only home. */
export function useEventsQuery(): { query: ComputedRef<Query>; ask: (change: Partial<Query>) => void } {
  const route = useRoute()
  const router = useRouter()
  const query = computed(() => parseQuery(route.query))

  function ask(change: Partial<Query>): void {
    // Another question starts with a small window again.
    const next = { ...query.value, limit: WINDOW_DEFAULT_ITEMS, ...change }
    // Typing is one step of history, not one for each letter.
    const typing = change.q !== undefined || change.limit !== undefined
    void router[typing ? 'replace' : 'push']({ name: 'events', query: writeQuery(next) })
  }

  return { query, ask }
}

/** Reads the address bar; what makes no sense there counts as not said. */
export function parseQuery(query: LocationQuery): Query {
  const when = one(query.when)
  const limit = Number(one(query.limit))
  return {
    when: when === 'mine' || when === 'past' ? when : 'upcoming',
    q: one(query.q),
    tag: one(query.tag),
    limit: Number.isInteger(limit) && limit > 0 ? Math.min(limit, WINDOW_MAX_ITEMS) : WINDOW_DEFAULT_ITEMS,
  }
}

/** Writes only what is not the default. */
export function writeQuery({ when, q, tag, limit }: Query): Record<string, string> {
  return {
    ...(when === 'upcoming' ? {} : { when }),
    ...(q === '' ? {} : { q }),
    ...(tag === '' ? {} : { tag }),
    ...(limit === WINDOW_DEFAULT_ITEMS ? {} : { limit: String(limit) }),
  }
}

function one(value: LocationQueryValue | LocationQueryValue[] | undefined): string {
  return (Array.isArray(value) ? value[0] : value) ?? ''
}
