import { onScopeDispose, shallowRef, watch, type ShallowRef } from 'vue'
import type { Card } from '@/live/generated'
import { held, settled, type Settled } from './settle'
import type { Events } from './useEvents'

/** A page that is scrolled further than this is being read. */
const TOP_PX = 60
/** After the last touch or move over the list, somebody still reads for this long. */
const READING_MS = 4_000

/** A list that keeps still while somebody reads it. */
export interface Settling {
  list: ShallowRef<Settled<Card>>
  /** Shows the list as it is now. */
  settle: () => void
}

/**
 * Shows the cards at once, or holds what would make them jump while somebody scrolls, points or has the focus within
 * `area`. An answer to another question is shown at once.
 */
export function useSettling({ cards, extent, answered }: Events, area: () => HTMLElement | null): Settling {
  const list = shallowRef<Settled<Card>>(settled(cards.value, extent.value))
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

  function settle(): void {
    list.value = settled(cards.value, extent.value)
  }

  watch([cards, extent, answered] as const, ([now, here, question], [, , questionBefore]) => {
    const keep = question === questionBefore && list.value.rows.length > 0 && reading()
    list.value = keep ? held(list.value, now, here) : settled(now, here)
  })

  return { list, settle }
}
