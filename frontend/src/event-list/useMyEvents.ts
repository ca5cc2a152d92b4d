import { computed, type ComputedRef } from 'vue'
import { mySearchAddress } from '@/live/addresses'
import type { Card } from '@/live/generated'
import type { Item } from '@/live/replica'
import { useView } from '@/live/useView'
import { useSession } from '@/session/session'
import { useNow } from '@/time/useNow'
import { inSections, type MyCard } from './mySections'
import { isMine, searchProblem, type Query } from './useEventsQuery'

/** The viewer's own events that match a query for them. */
export interface MyEvents {
  /** The events to come by section, or those that have ended, the last one first. */
  cards: ComputedRef<readonly MyCard[]>
  /** All that match, to come and ended. */
  all: ComputedRef<readonly Card[]>
  /** The number of events to come, and of those that have ended. */
  counts: ComputedRef<{ coming: number; past: number }>
  loading: ComputedRef<boolean>
  /** True while the events still belong to the previous search. */
  stale: ComputedRef<boolean>
  trouble: ComputedRef<string | null>
}

/** The viewer's own events, from the `me` view, which the session watches; a search has a view of its own. */
export function useMyEvents(query: () => Query): MyEvents {
  const session = useSession()
  const now = useNow()
  const isOpen = computed(() => isMine(query().when))
  const isSearch = computed(() => isOpen.value && query().q.trim() !== '' && searchProblem(query().q) === null)
  const search = useView(() => (isSearch.value && session.person ? mySearchAddress(query().q) : null))
  const items = computed<readonly Item[]>(() => {
    if (!isOpen.value) return []
    return isSearch.value ? search.items.value : session.me.items
  })
  const all = computed(() => {
    const cards = items.value.filter((item) => item.kind === 'card')
    const { tag } = query()
    return tag === '' ? cards : cards.filter(({ tags }) => tags.some((each) => isSameTag(each, tag)))
  })
  const coming = computed(() => all.value.filter((card) => card.ends_at > now.value))
  const past = computed(() => all.value.filter((card) => card.ends_at <= now.value))
  return {
    cards: computed(() =>
      query().when === 'mine-past'
        ? past.value.toReversed()
        : inSections(
            coming.value,
            items.value.filter((item) => item.kind === 'mine'),
          ),
    ),
    all,
    counts: computed(() => ({ coming: coming.value.length, past: past.value.length })),
    loading: computed(
      () => session.person === undefined || session.me.loading || (isSearch.value && search.loading.value),
    ),
    stale: computed(() => isSearch.value && search.stale.value),
    trouble: computed(() => (isSearch.value ? (search.fail.value?.detail ?? null) : null)),
  }
}

/** True for two spellings of a tag, which differ in case only: `ß` is `SS`, and both small sigmas are one letter. */
export function isSameTag(one: string, other: string): boolean {
  const folded = (tag: string): string => tag.toLowerCase().toUpperCase()
  return folded(one) === folded(other)
}
