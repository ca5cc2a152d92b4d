import { computed, type ComputedRef } from 'vue'
import { eventsAddress } from '@/live/addresses'
import type { Card } from '@/live/generated'
import { reuseIfEqual, type Item } from '@/live/replica'
import { useSession } from '@/session/session'
import { cursorOf, FIRST_WINDOW, isSameWindow, WINDOW_ITEMS, type Extent, type ListWindow } from './listWindow'
import { inSections, type MyCard } from './mySections'
import type { ListRequest } from './useListRequest'
import { useListView } from './useListView'
import { isMine, isPast, nameOf, searchProblem, type Query } from './useEventsQuery'
import { useMyTotals, type MyTotals } from './useMyTotals'

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
  myTotals: MyTotals
}

/** The cards of a request, and what is around them. */
interface Content {
  request: ListRequest
  cards: readonly MyCard[]
  total: number
  extent: Extent
}

/** The events of a request, from the windows of its list that the server sends. */
export function useEvents(request: () => ListRequest): Events {
  const session = useSession()
  const query = computed(() => request().query)
  const problem = computed(() => searchProblem(query.value.q))
  const myTotals = useMyTotals(() => query.value)
  const window = computed(() => windowToWatch(request(), myTotals))
  const list = useListView(
    () => query.value.when,
    () => (problem.value === null && window.value ? addressOf(query.value, window.value) : null),
  )

  const content = computed<Content>((before) => {
    if (list.stale.value && before) return before
    // A window that is refused leaves the last one of the list.
    const isRefused = list.fail.value !== null && list.items.value.length === 0
    if (isRefused && before?.request.visit === request().visit) return before
    return contentOf(request(), list.items.value, before?.cards ?? [])
  })
  const isViewerUnknown = computed(() => isMine(query.value.when) && session.person === undefined)
  const isWindowUnknown = computed(() => problem.value === null && window.value === null)

  return {
    cards: computed(() => content.value.cards),
    total: computed(() => content.value.total),
    extent: computed(() => content.value.extent),
    loading: computed(() => isViewerUnknown.value || isWindowUnknown.value || list.loading.value),
    stale: list.stale,
    trouble: computed(() => problem.value ?? list.fail.value?.detail ?? null),
    shown: computed(() => content.value.request),
    myTotals,
  }
}

/** Sections need the whole list, so a short one is watched from its start. Null while its length is not known. */
function windowToWatch({ query, window }: ListRequest, { coming, isComingSettled }: MyTotals): ListWindow | null {
  if (query.when !== 'mine' || isSameWindow(window, FIRST_WINDOW)) return window
  if (!isComingSettled.value) return null
  return coming.value !== null && coming.value <= WINDOW_ITEMS ? FIRST_WINDOW : window
}

/** The next window has most cards of the last one. They stay the same objects, so that they are not rendered again. */
function contentOf(request: ListRequest, items: readonly Item[], shown: readonly Card[]): Content {
  const { when } = request.query
  const known = new Map(shown.map((card) => [card.key, card]))
  const cards = items.filter((item) => item.kind === 'card').map((card) => reuseIfEqual(known.get(card.key), card))
  const { total, before } = items.find((item) => item.kind === 'list') ?? { total: cards.length, before: 0 }
  const order = isPast(when) ? 'descending' : 'ascending'
  const extent: Extent = { before, hasMore: total > before + cards.length, order }
  if (when !== 'mine' || before > 0 || extent.hasMore) return { request, cards, total, extent }
  const mine = items.filter((item) => item.kind === 'mine')
  return { request, cards: inSections(cards, mine), total, extent: { ...extent, isInSections: true } }
}

function addressOf({ when, q, tag }: Query, { after, before }: ListWindow): string {
  const cursors = { ...(after && { after: cursorOf(after) }), ...(before && { before: cursorOf(before) }) }
  return eventsAddress({ ...nameOf(when), q, tag, ...cursors, limit: WINDOW_ITEMS })
}
