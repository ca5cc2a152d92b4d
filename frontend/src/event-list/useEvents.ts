import { computed, type ComputedRef } from 'vue'
import { eventsAddress } from '@/live/addresses'
import type { Card } from '@/live/generated'
import { reuseIfEqual, type Item } from '@/live/replica'
import { useView } from '@/live/useView'
import { cursorOf, sliceOf, WINDOW_ITEMS, type Extent, type Order } from './listWindow'
import { windowInSections, type MyCard } from './mySections'
import type { ListRequest } from './useListRequest'
import { isMine, isPast, searchProblem, type Query } from './useEventsQuery'
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

/** The cards of a request, and what is around them. */
interface Content {
  request: ListRequest
  cards: readonly MyCard[]
  total: number
  extent: Extent
}

/** Upcoming and past events come from list views, the viewer's own from the `me` view, which the session watches. */
export function useEvents(request: () => ListRequest): Events {
  const query = computed(() => request().query)
  const isOwn = computed(() => isMine(query.value.when))
  const problem = computed(() => searchProblem(query.value.q))
  const mine = useMyEvents(() => query.value)
  const list = useView(() => (problem.value === null ? addressOf(request()) : null))
  const stale = computed(() => (isOwn.value ? mine.stale.value : list.stale.value))

  const content = computed<Content>((before) => {
    if (stale.value && before) return before
    if (isOwn.value) return myContent(request(), mine.cards.value)
    // A window that is refused leaves the last one of the list.
    const isRefused = list.fail.value !== null && list.items.value.length === 0
    if (isRefused && before?.request.visit === request().visit) return before
    return listContent(request(), list.items.value, before?.cards ?? [])
  })

  return {
    cards: computed(() => content.value.cards),
    total: computed(() => content.value.total),
    extent: computed(() => content.value.extent),
    loading: computed(() => (isOwn.value ? mine.loading.value : list.loading.value)),
    stale,
    trouble: computed(() => problem.value ?? (isOwn.value ? mine.trouble.value : (list.fail.value?.detail ?? null))),
    shown: computed(() => content.value.request),
    mine,
  }
}

function myContent(request: ListRequest, all: readonly MyCard[]): Content {
  const { query, window } = request
  const order = orderOf(query)
  const bounds = query.when === 'mine' ? windowInSections(all, window) : window
  const { items, extent } = sliceOf(all, bounds, order)
  return { request, cards: items, total: all.length, extent }
}

/** The next window has most cards of the last one. They stay the same objects, so that they are not rendered again. */
function listContent(request: ListRequest, items: readonly Item[], shown: readonly Card[]): Content {
  const known = new Map(shown.map((card) => [card.key, card]))
  const cards = items.filter((item) => item.kind === 'card').map((card) => reuseIfEqual(known.get(card.key), card))
  const { total, before } = items.find((item) => item.kind === 'list') ?? { total: cards.length, before: 0 }
  const extent = { before, hasMore: total > before + cards.length, order: orderOf(request.query) }
  return { request, cards, total, extent }
}

function orderOf({ when }: Query): Order {
  return isPast(when) ? 'descending' : 'ascending'
}

function addressOf({ query: { when, q, tag }, window: { after, before } }: ListRequest): string | null {
  if (isMine(when)) return null
  const cursors = { ...(after && { after: cursorOf(after) }), ...(before && { before: cursorOf(before) }) }
  return eventsAddress({ when, q, tag, ...cursors, limit: WINDOW_ITEMS })
}
