import { useEventListener, useTimeoutFn } from '@vueuse/core'
import { shallowRef, watch, type ShallowRef } from 'vue'
import type { Place } from './listWindow'
import type { MyCard } from './mySections'
import { currentList, heldList, movedList, unmarked, type StableList } from './stableList'
import type { Events } from './useEvents'
import type { RowPositions } from './useRowPositions'

/** A person whose page is scrolled further than this, or whose list begins after its start, reads the list. */
const TOP_PX = 60
/** A person reads the list for this time, in ms, after the last touch or pointer move over it. */
const READING_MS = 4_000
/** New cards are marked for this time, in ms. */
const NEW_MS = 8_000

/** The cards of a list, which stay in place while a person reads it. */
export interface StableCards {
  list: ShallowRef<StableList<MyCard>>
  /** Counts like `visit` of the requests: the visit whose cards are shown; null before the first have loaded. */
  visit: ShallowRef<number | null>
  /** Shows the current list in place, with marks on the cards that were held back. Returns the keys of these. */
  reveal: () => Promise<string[]>
}

/**
 * Shows changes at once, or holds them back while a person scrolls, points at `area` or has the focus in it. The
 * result of another visit is shown at once; a window that slides brings and takes rows outside the screen. A list that has
 * grown beyond its sections, or fits them again, is shown at once, because no place in the one is a place in the other.
 */
export function useStableList(
  { cards, extent, shown, loading }: Pick<Events, 'cards' | 'extent' | 'shown' | 'loading'>,
  area: () => HTMLElement | null,
  positions: RowPositions,
): StableCards {
  const list = shallowRef<StableList<MyCard>>(currentList(cards.value, extent.value))
  const visit = shallowRef<number | null>(null)
  let lastPointerAt = -Infinity
  let marked: readonly Place[] = []
  const marks = useTimeoutFn(
    () => {
      marked = []
      list.value = unmarked(list.value)
    },
    NEW_MS,
    { immediate: false },
  )

  useEventListener(area, ['pointermove', 'pointerdown'], () => (lastPointerAt = performance.now()), { passive: true })

  const isReading = (): boolean =>
    window.scrollY > TOP_PX ||
    list.value.range.start !== null ||
    performance.now() - lastPointerAt < READING_MS ||
    (area()?.contains(document.activeElement) ?? false)

  const current = (): StableList<MyCard> => currentList(cards.value, extent.value, marked)

  watch(
    [cards, extent, shown, loading] as const,
    ([fresh, held, request, isLoading], [, heldBefore, before]) => {
      const isSlide = before !== undefined && request.window !== before.window
      const isRearranged = held.isInSections !== heldBefore?.isInSections
      if (isLoading || request.visit !== visit.value) {
        marked = []
        list.value = current()
        if (!isLoading) visit.value = request.visit
      } else if (isReading() && list.value.rows.length > 0 && !isRearranged) {
        const update = isSlide ? movedList : heldList
        void positions.keepInPlace(() => (list.value = update(list.value, fresh, held)))
      } else if (isSlide || isRearranged) void positions.keepInPlace(() => (list.value = current()))
      else list.value = current()
    },
    { immediate: true },
  )

  async function reveal(): Promise<string[]> {
    marked = list.value.held
    marks.start()
    await positions.keepInPlace(() => (list.value = current()))
    return list.value.rows.filter(({ isNew }) => isNew).map(({ item }) => item.key)
  }

  return { list, visit, reveal }
}
