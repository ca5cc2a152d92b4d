import { computed, type ComputedRef } from 'vue'
import { eventsAddress } from '@/live/addresses'
import type { Card } from '@/live/generated'
import { useView } from '@/live/useView'
import { useSession } from '@/session/session'
import type { Extent } from './stableList'
import type { Query } from './useEventsQuery'
import { useMyEvents } from './useMyEvents'

/** The events that a question is about. */
export interface Events {
  cards: ComputedRef<readonly Card[]>
  /** The number of events, including those beyond the window. */
  total: ComputedRef<number>
  /** The part of the list that the cards are. */
  extent: ComputedRef<Extent>
  loading: ComputedRef<boolean>
  /** True while the cards still answer the previous query. */
  stale: ComputedRef<boolean>
  /** The answer that is shown: changes only when its cards answer another question. */
  answered: ComputedRef<string>
}

/** Upcoming and past events come from their list; one's own out of the `me` view, which the session watches anyway. */
export function useEvents(query: () => Query): Events {
  const session = useSession()
  const address = computed(() => {
    const { when, ...rest } = query()
    return when === 'mine' ? null : eventsAddress({ when, ...rest })
  })
  const list = useView(address)
  const listed = computed(() => list.items.value.filter((item) => item.kind === 'card'))
  const mine = useMyEvents(query)
  const isMine = computed(() => query().when === 'mine')
  const cards = computed(() => (isMine.value ? mine.value : listed.value))
  const total = computed(() => {
    const item = list.items.value.find((each) => each.kind === 'list')
    return isMine.value ? mine.value.length : (item?.total ?? listed.value.length)
  })
  return {
    cards,
    total,
    extent: computed(() => ({
      further: total.value > cards.value.length,
      order: query().when === 'past' ? 'descending' : 'ascending',
    })),
    loading: computed(() => (isMine.value ? session.person === undefined || session.me.loading : list.loading.value)),
    stale: computed(() => !isMine.value && list.stale.value),
    answered: computed<string>((before) => (list.stale.value && before ? before : JSON.stringify(query()))),
  }
}
