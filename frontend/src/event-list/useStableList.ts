import { useEventListener } from '@vueuse/core'
import { shallowRef, watch, type ShallowRef } from 'vue'
import type { Card } from '@/live/generated'
import { currentList, heldList, type StableList } from './stableList'
import type { Events } from './useEvents'

/** A page scrolled further than this is being read. */
const TOP_PX = 60
/** The list counts as read for this long after the last touch or move over it. */
const READING_MS = 4_000

/** The cards of a list, held in place while it is read. */
export interface StableCards {
  list: ShallowRef<StableList<Card>>
  /** Shows the list as it is now. */
  showCurrent: () => void
}

/**
 * Shows changes at once, or holds them back while the reader scrolls, points at or has the focus within `area`. The
 * result of another query is shown at once.
 */
export function useStableList({ cards, extent, answered }: Events, area: () => HTMLElement | null): StableCards {
  const list = shallowRef<StableList<Card>>(currentList(cards.value, extent.value))
  let lastPointerAt = -Infinity

  useEventListener(area, ['pointermove', 'pointerdown'], () => (lastPointerAt = performance.now()), { passive: true })

  const isReading = (): boolean =>
    window.scrollY > TOP_PX ||
    performance.now() - lastPointerAt < READING_MS ||
    (area()?.contains(document.activeElement) ?? false)

  function showCurrent(): void {
    list.value = currentList(cards.value, extent.value)
  }

  watch([cards, extent, answered] as const, ([now, here, question], [, , questionBefore]) => {
    const keep = question === questionBefore && list.value.rows.length > 0 && isReading()
    list.value = keep ? heldList(list.value, now, here) : currentList(now, here)
  })

  return { list, showCurrent }
}
