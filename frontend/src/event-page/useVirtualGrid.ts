import { defaultRangeExtractor, useWindowVirtualizer } from '@tanstack/vue-virtual'
import { unrefElement, useEventListener, useResizeObserver, type MaybeComputedElementRef } from '@vueuse/core'
import { computed, ref, shallowRef, watch, type ComponentPublicInstance, type ComputedRef } from 'vue'

/** Up to this number of items, all of them are rendered. */
export const ALL_MAX_ITEMS = 60
/** A row's height before it is measured, in px. */
const ROW_ESTIMATE_PX = 44
/** Rows rendered beyond each edge of the window. */
const OVERSCAN_ROWS = 6

/** A child of the grid: an item, or an empty space in place of rows that are not rendered. */
export type Cell<T> = { item: T; index: number; row: number; isFirstInRow: boolean } | { spacePx: number }

/** The rendered part of a grid. */
export interface VirtualGrid<T> {
  /** False while all items are rendered. */
  isVirtual: ComputedRef<boolean>
  cells: ComputedRef<readonly Cell<T>[]>
  /** Measures a row by an item in it: all items of a row have its height. Needs `data-index` with the row's number. */
  measureRow: (item: Element | ComponentPublicInstance | null) => void
}

/**
 * Renders only the rows of a CSS grid that are near the window, so that the number of elements does not grow with the
 * number of items. The grid's own style decides the columns.
 *
 * @param pinned index of an item that is always rendered, because it has the focus; -1 for none.
 */
export function useVirtualGrid<T>(
  grid: MaybeComputedElementRef,
  items: () => readonly T[],
  pinned: () => number,
): VirtualGrid<T> {
  const count = (): number => items().length
  const layout = shallowRef({ columns: 1, gapPx: 0, topPx: 0 })
  const isPrinting = ref(false)
  const isVirtual = computed(() => count() > ALL_MAX_ITEMS && !isPrinting.value)

  function updateLayout(): void {
    const element = unrefElement(grid)
    if (!element || count() <= ALL_MAX_ITEMS) return
    const { gridTemplateColumns, rowGap } = getComputedStyle(element)
    const columns = gridTemplateColumns.split(' ').length
    const topPx = Math.round(element.getBoundingClientRect().top + window.scrollY)
    const now = { columns, gapPx: Number.parseFloat(rowGap) || 0, topPx }
    if (JSON.stringify(now) !== JSON.stringify(layout.value)) layout.value = now
  }
  useResizeObserver(grid, updateLayout)
  // Content above the grid moves it.
  useResizeObserver(document.body, updateLayout)
  watch(count, updateLayout, { flush: 'post' })
  // A print shows all items.
  useEventListener(window, 'beforeprint', () => (isPrinting.value = true))
  useEventListener(window, 'afterprint', () => (isPrinting.value = false))

  const virtualizer = useWindowVirtualizer<HTMLElement>(
    computed(() => {
      const { columns, gapPx, topPx } = layout.value
      const pinnedRow = Math.floor(pinned() / columns)
      return {
        count: isVirtual.value ? Math.ceil(count() / columns) : 0,
        estimateSize: () => ROW_ESTIMATE_PX,
        gap: gapPx,
        scrollMargin: topPx,
        overscan: OVERSCAN_ROWS,
        rangeExtractor: (range) => {
          const rows = new Set(defaultRangeExtractor(range))
          // With its neighbours, so that the Tab key goes on from there.
          if (pinnedRow >= 0) for (const row of [pinnedRow - 1, pinnedRow, pinnedRow + 1]) rows.add(row)
          return [...rows].filter((row) => row >= 0 && row < range.count).sort((one, other) => one - other)
        },
      }
    }),
  )
  watch(
    () => layout.value.columns,
    () => virtualizer.value.measure(),
  )

  const cells = computed<readonly Cell<T>[]>(() => {
    if (!isVirtual.value) return rowOf(items(), 0, count())
    const { columns, gapPx, topPx } = layout.value
    const rendered: Cell<T>[] = []
    // A space is a row of the grid, too: it has a gap before and after it.
    let end = -gapPx
    for (const { index: row, ...position } of virtualizer.value.getVirtualItems()) {
      const start = position.start - topPx
      if (start - end > gapPx + 1) rendered.push({ spacePx: start - end - 2 * gapPx })
      rendered.push(...rowOf(items(), row, columns))
      end = position.end - topPx
    }
    const rest = virtualizer.value.getTotalSize() - end - gapPx
    if (rest > 0) rendered.push({ spacePx: rest })
    return rendered
  })

  function measureRow(item: Element | ComponentPublicInstance | null): void {
    const element: unknown = item instanceof Element ? item : item?.$el
    if (element instanceof HTMLElement) virtualizer.value.measureElement(element)
  }

  return { isVirtual, cells, measureRow }
}

function rowOf<T>(items: readonly T[], row: number, columns: number): Cell<T>[] {
  const first = row * columns
  return items
    .slice(first, first + columns)
    .map((item, column) => ({ item, index: first + column, row, isFirstInRow: column === 0 }))
}
