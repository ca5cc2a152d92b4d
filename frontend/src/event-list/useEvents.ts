import { computed, type ComputedRef } from 'vue'
import { eventsAddress } from '@/live/addresses'
import type { Card } from '@/live/generated'
import { reuseIfEqual } from '@/live/replica'
import { useView } from '@/live/useView'
import { cursorOf, sliceOf, WINDOW_ITEMS, type Extent } from './listWindow'
import type { MyCard } from './mySections'
import type { ListRequest } from './useListRequest'
import { searchProblem } from './useEventsQuery'
import { useMyEvents, type MyEvents } from './useMyEvents'

/** The events in a window of a list. */
export interface Events {
  cards: ComputedRef<readonly MyCard[]>
  /** The number of events that match, beyond the window too. */
  total: ComputedRef<number>
  extent: ComputedRef<Extent>
  loading: ComputedRef<boolean>
  /** True while the cards still belong to the previous request. */
  stale: ComputedRef<boolean>
  /** Why the cards are no longer updated; null while they are. */
  trouble: ComputedRef<string | null>
  /** The request of the shown cards. */
  shown: ComputedRef<ListRequest>
  mine: MyEvents
}

/** Upcoming and past events come from list views, the viewer's own from the `me` view, which the session watches. */
export function useEvents(request: () => ListRequest): Events {
  const query = computed(() => request().query)
  const isMine = computed(() => query.value.when === 'mine' || query.value.when === 'mine-past')
  const problem = computed(() => searchProblem(query.value.q))
  const mine = useMyEvents(() => query.value)
  const list = useView(() => (problem.value === null ? addressOf(request()) : null))

  // The next window has most cards of the last one. They stay the same objects, so that they are not rendered again.
  const listCards = computed<readonly Card[]>((before) => {
    const known = new Map(before?.map((card) => [card.key, card]))
    const cards = list.items.value.filter((item) => item.kind === 'card')
    return cards.map((card) => reuseIfEqual(known.get(card.key), card))
  })
  const listItem = computed(() => list.items.value.find((item) => item.kind === 'list'))
  const order = computed(() => (query.value.when.endsWith('past') ? 'descending' : 'ascending'))
  const mySlice = computed(() => sliceOf(mine.cards.value, request().window, order.value))
  const stale = computed(() => (isMine.value ? mine.stale.value : list.stale.value))

  const cards = computed<readonly MyCard[]>(() => (isMine.value ? mySlice.value.items : listCards.value))
  const total = computed(() =>
    isMine.value ? mine.cards.value.length : (listItem.value?.total ?? listCards.value.length),
  )
  return {
    cards,
    total,
    extent: computed(() =>
      isMine.value ? mySlice.value.extent : extentOf(listItem.value, listCards.value, order.value),
    ),
    loading: computed(() => (isMine.value ? mine.loading.value : list.loading.value)),
    stale,
    trouble: computed(() => problem.value ?? (isMine.value ? mine.trouble.value : (list.fail.value?.detail ?? null))),
    shown: computed<ListRequest>((before) => (stale.value && before ? before : request())),
    mine,
  }
}

function addressOf({ query: { when, q, tag }, window: { after, before } }: ListRequest): string | null {
  if (when === 'mine' || when === 'mine-past') return null
  const cursors = { ...(after && { after: cursorOf(after) }), ...(before && { before: cursorOf(before) }) }
  return eventsAddress({ when, q, tag, ...cursors, limit: WINDOW_ITEMS })
}

function extentOf(
  item: { total: number; before: number } | undefined,
  cards: readonly Card[],
  order: Extent['order'],
): Extent {
  const before = item?.before ?? 0
  return { before, hasMore: item !== undefined && item.total > before + cards.length, order }
}
