import { computed, onScopeDispose, shallowRef, watch, type ComputedRef } from 'vue'

/** Rows that are rendered with the page, where the reader has not scrolled what the server drew. */
const FIRST_ROWS = 4
/** A row is at least this high. */
const ROW_MIN_PX = 100
/** Rows that each later task renders: few, so that one task stays short on a slow computer. */
const STEP_ROWS = 3

/**
 * The rows to render. Of a list that opens at its start, the first ones are rendered at once, and the others a few at a
 * time, so that a slow computer reacts in between. All are rendered at once if the list opens elsewhere, and later.
 *
 * @param visit changes whenever a list is opened.
 */
export function useGradualRows<T>(
  rows: () => readonly T[],
  visit: () => number | null,
  isAtStart: () => boolean,
): ComputedRef<readonly T[]> {
  const limit = shallowRef(Infinity)
  let timer: ReturnType<typeof setTimeout> | undefined

  function growLater(): void {
    timer = setTimeout(() => {
      limit.value += STEP_ROWS
      if (limit.value < rows().length) growLater()
      else limit.value = Infinity
    })
  }

  watch(
    visit,
    () => {
      clearTimeout(timer)
      limit.value = isAtStart() ? FIRST_ROWS + Math.ceil(window.scrollY / ROW_MIN_PX) : Infinity
      if (limit.value < rows().length) growLater()
      else limit.value = Infinity
    },
    { immediate: true, flush: 'sync' },
  )
  onScopeDispose(() => clearTimeout(timer))

  return computed(() => (limit.value < rows().length ? rows().slice(0, limit.value) : rows()))
}
