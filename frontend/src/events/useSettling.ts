import { onScopeDispose, shallowRef, watch, type ShallowRef } from 'vue'
import type { Card } from '@/live/generated'
import { held, settled, type Settled } from './settle'

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
 * Shows `cards` at once, or holds what would make them jump while somebody scrolls, points or has the focus within
 * `area`. `fresh` says which question the list answers: an answer to another one is shown at once.
 */
export function useSettling(
  cards: () => readonly Card[],
  fresh: () => string,
  area: () => HTMLElement | null,
): Settling {
  const list = shallowRef<Settled<Card>>(settled(cards()))
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
    list.value = settled(cards())
  }

  watch([cards, fresh] as const, ([now, question], [, questionBefore]) => {
    const keep = question === questionBefore && list.value.rows.length > 0 && reading()
    list.value = keep ? held(list.value, now) : settled(now)
  })

  return { list, settle }
}
