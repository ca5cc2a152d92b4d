import { useEventListener } from '@vueuse/core'
import { shallowRef, watch, type ShallowRef } from 'vue'
import type { Card } from '@/live/generated'
import { currentList, heldList, type StableList } from './stableList'
import type { Events } from './useEvents'

/** A person whose page is scrolled further than this reads the list. */
const TOP_PX = 60
/** A person reads the list for this time, in ms, after the last touch or pointer move over it. */
const READING_MS = 4_000

/** The cards of a list, which stay in place while a person reads it. */
export interface StableCards {
  list: ShallowRef<StableList<Card>>
  /** Shows the current list. */
  showCurrent: () => void
}

/**
 * Shows changes at once, or holds them back while a person scrolls, points at `area` or has the focus in it. The
 * result of another query is shown at once.
 */
export function useStableList({ cards, extent, shownQuery }: Events, area: () => HTMLElement | null): StableCards {
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

  watch([cards, extent, shownQuery] as const, ([now, here, query], [, , queryBefore]) => {
    const isHeld = query === queryBefore && list.value.rows.length > 0 && isReading()
    list.value = isHeld ? heldList(list.value, now, here) : currentList(now, here)
  })

  return { list, showCurrent }
}
