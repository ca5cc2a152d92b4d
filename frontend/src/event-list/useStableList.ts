import { onScopeDispose, shallowRef, watch, type ShallowRef } from 'vue'
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
  let pointedAt = -Infinity

  const pointed = (event: Event): void => {
    if (event.target instanceof Node && area()?.contains(event.target)) pointedAt = performance.now()
  }
  const reading = (): boolean =>
    window.scrollY > TOP_PX ||
    performance.now() - pointedAt < READING_MS ||
    (area()?.contains(document.activeElement) ?? false)

  document.addEventListener('pointermove', pointed, { passive: true })
  document.addEventListener('pointerdown', pointed, { passive: true })
  onScopeDispose(() => {
    document.removeEventListener('pointermove', pointed)
    document.removeEventListener('pointerdown', pointed)
  })

  function showCurrent(): void {
    list.value = currentList(cards.value, extent.value)
  }

  watch([cards, extent, answered] as const, ([now, here, question], [, , questionBefore]) => {
    const keep = question === questionBefore && list.value.rows.length > 0 && reading()
    list.value = keep ? heldList(list.value, now, here) : currentList(now, here)
  })

  return { list, showCurrent }
}
