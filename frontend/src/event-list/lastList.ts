import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import type { RouteLocationRaw } from 'vue-router'
import { stateOf, type SavedPlace } from './savedPlace'
import { writeQuery, type Query, type When } from './useEventsQuery'

const LABELS: Readonly<Record<When, string>> = {
  upcoming: 'All events',
  mine: 'My events',
  'mine-past': 'My events',
  past: 'Past events',
}

/** The list that the viewer saw last, and the link back to it: with its filters, at the same card. */
export const useLastList = defineStore('last list', () => {
  const last = shallowRef<{ query: Query; place: SavedPlace | null } | null>(null)

  const link = computed<{ label: string; to: RouteLocationRaw }>(() => {
    if (!last.value) return { label: LABELS.upcoming, to: '/' }
    const { query, place } = last.value
    return { label: LABELS[query.when], to: { name: 'events', query: writeQuery(query), state: stateOf(query, place) } }
  })

  function set(query: Query, place: SavedPlace | null): void {
    last.value = { query, place }
  }

  return { link, set }
})
