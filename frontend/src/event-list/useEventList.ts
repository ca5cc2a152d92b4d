import { computed, watch, type ComputedRef, type ShallowRef } from 'vue'
import { useAnnouncer } from '@/shell/announcer'
import { directionOf, pillWords, type Direction } from './listWords'
import { nextWindow, type Place } from './listWindow'
import { savedPlace, type SavedPlace } from './savedPlace'
import type { Row, StableList } from './stableList'
import type { MyCard } from './mySections'
import { useGradualRows } from './useGradualRows'
import { useEvents, type Events } from './useEvents'
import type { Query } from './useEventsQuery'
import { useListOpening } from './useListOpening'
import { useListRequest, type Target } from './useListRequest'
import { useRowPositions } from './useRowPositions'
import { useSavedPlace } from './useSavedPlace'
import { useStableList } from './useStableList'

/** A screen that begins after this number of rows is far from the start of the list. */
const FAR_ROWS = 8

/** A list of events, as the page shows it. */
export interface EventList {
  events: Events
  list: ShallowRef<StableList<MyCard>>
  /** The rows of the list that are rendered by now. */
  rows: ComputedRef<readonly Row<MyCard>[]>
  /** True while the rows still belong to the previous query. */
  isStale: ComputedRef<boolean>
  /** The label of the button that shows the changes that are held back, and where they are; null without any. */
  pill: ComputedRef<{ words: string; direction: Direction } | null>
  /** The first row on the screen; null if none is. */
  firstOnScreen: ComputedRef<Row<MyCard> | null>
  /** True if the screen is far from the start of the list. */
  isFar: ComputedRef<boolean>
  /** Shows the changes that are held back. `isByKeyboard`: the focus moves to the first new card. */
  reveal: (isByKeyboard: boolean) => Promise<void>
  /** Opens the list at its start or elsewhere. */
  open: (target: Target) => void
}

/** The list of a query, in `area`: its window follows the reader, and its rows stay in place. */
export function useEventList(query: () => Query, area: () => HTMLElement | null): EventList {
  const announcer = useAnnouncer()
  const requested = useListRequest(query, () => savedPlace(query()))
  const { request } = requested
  const events = useEvents(() => request.value)
  const positions = useRowPositions(area)
  const stable = useStableList(events, area, positions)
  const { list } = stable
  const rows = useGradualRows(
    () => list.value.rows,
    () => stable.visit.value,
    () => request.value.target.is === 'start',
  )
  const screen = computed(() => {
    const keys = positions.screen.value
    const indexOf = (key?: string): number => list.value.rows.findIndex(({ item }) => item.key === key)
    const [first, last] = [indexOf(keys?.first), indexOf(keys?.last)]
    return first < 0 || last < 0 ? null : { first, last }
  })
  const firstOnScreen = computed(() => (screen.value && list.value.rows[screen.value.first]) ?? null)

  watch(rows, () => positions.measure(), { flush: 'post' })
  const opened = useListOpening(requested, events, stable, positions, area)
  const isSettled = (): boolean => !events.stale.value && opened.value === request.value.visit

  function currentPlace(): SavedPlace | null {
    const card = firstOnScreen.value?.placed
    const topPx = card ? positions.topOf(card.key) : null
    if (!card || topPx === null || !isSettled()) return null
    return { window: events.shown.value.window, card: { rank: card.rank, key: card.key }, topPx }
  }

  useSavedPlace(query, currentPlace)

  watch(
    [screen, list, events.stale, opened] as const,
    ([visible]) => {
      if (!visible || !isSettled()) return
      const places: Place[] = list.value.rows.map(({ placed }) => placed)
      const next = nextWindow(places, events.extent.value, visible)
      if (next) requested.slide(next)
    },
    { flush: 'post' },
  )

  const pill = computed(() => {
    const { rows, held, isOutdated, range } = list.value
    const [first, last] = [firstOnScreen.value?.placed, screen.value && rows[screen.value.last]?.placed]
    const direction = directionOf(held, first && last ? { first, last } : null, range.order)
    const words = pillWords(held.length, isOutdated, direction)
    return words === null ? null : { words, direction }
  })

  async function reveal(isByKeyboard: boolean): Promise<void> {
    const words = pill.value?.words
    const keys = await stable.reveal()
    const rows = keys.map((key) => positions.find(key)).filter((row) => row !== undefined)
    const [first] = rows
    if (!first) return
    if (!rows.some(isOnScreen)) first.scrollIntoView({ block: 'center', behavior: 'instant' })
    if (isByKeyboard) first.querySelector<HTMLElement>('a')?.focus({ preventScroll: true })
    if (words) announcer.announce(`${words}.`)
  }

  return {
    events,
    list,
    rows,
    isStale: computed(() => events.stale.value && events.shown.value.visit !== request.value.visit),
    pill,
    firstOnScreen,
    isFar: computed(() => events.extent.value.before + (screen.value?.first ?? 0) >= FAR_ROWS),
    reveal,
    open: requested.open,
  }
}

function isOnScreen(row: HTMLElement): boolean {
  const { top, bottom } = row.getBoundingClientRect()
  return bottom > 0 && top < window.innerHeight
}
