import { computed, type ComputedRef } from 'vue'
import { eventsAddress } from '@/live/addresses'
import type { Card } from '@/live/generated'
import { useView } from '@/live/useView'
import { useSession } from '@/session/session'
import type { Extent } from './stableList'
import { searchProblem, type Query } from './useEventsQuery'
import { useMyEvents } from './useMyEvents'

/** The events that match a query. */
export interface Events {
  cards: ComputedRef<readonly Card[]>
  /** The number of events, including those beyond the window. */
  total: ComputedRef<number>
  /** The order of the cards, and whether the list has more. */
  extent: ComputedRef<Extent>
  loading: ComputedRef<boolean>
  /** True while the cards still belong to the previous query. */
  stale: ComputedRef<boolean>
  /** Why the cards are no longer updated; null while they are. */
  trouble: ComputedRef<string | null>
  /** The query of the shown cards, as JSON. */
  shownQuery: ComputedRef<string>
}

/** Upcoming and past events come from list views, the viewer's own from the `me` view, which the session watches. */
export function useEvents(query: () => Query): Events {
  const session = useSession()
  const problem = computed(() => searchProblem(query().q))
  const address = computed(() => {
    const { when, ...rest } = query()
    return when === 'mine' || problem.value !== null ? null : eventsAddress({ when, ...rest })
  })
  const list = useView(address)
  const listCards = computed(() => list.items.value.filter((item) => item.kind === 'card'))
  const myEvents = useMyEvents(query)
  const isMine = computed(() => query().when === 'mine')
  const cards = computed(() => (isMine.value ? myEvents.value : listCards.value))
  const total = computed(() => {
    const item = list.items.value.find((each) => each.kind === 'list')
    return isMine.value ? myEvents.value.length : (item?.total ?? listCards.value.length)
  })
  return {
    cards,
    total,
    extent: computed(() => ({
      hasMore: total.value > cards.value.length,
      order: query().when === 'past' ? 'descending' : 'ascending',
    })),
    loading: computed(() => (isMine.value ? session.person === undefined || session.me.loading : list.loading.value)),
    stale: computed(() => !isMine.value && list.stale.value),
    trouble: computed(() => (isMine.value ? null : (problem.value ?? list.fail.value?.detail ?? null))),
    shownQuery: computed<string>((before) => (list.stale.value && before ? before : JSON.stringify(query()))),
  }
}
