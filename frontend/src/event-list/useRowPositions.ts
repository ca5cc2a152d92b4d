import { useEventListener } from '@vueuse/core'
import { nextTick, shallowRef, type ShallowRef } from 'vue'

/** The keys of the first and the last row on the screen. */
export interface ScreenRows {
  first: string
  last: string
}

/** Where the rows of a list are on the screen. A row is an element with `data-row`, its key. */
export interface RowPositions {
  /** Null while no row is on the screen. Follows the scrolling. */
  screen: ShallowRef<ScreenRows | null>
  /** Updates `screen` after a change of the rows. */
  measure: () => void
  /** Runs a change of the rows, and leaves the first row on the screen that remains where it is, to the pixel. */
  keepInPlace: (change: () => void) => Promise<void>
  /** The element of a row. */
  find: (key: string) => HTMLElement | undefined
  /** The distance of a row from the upper edge of the screen, in px. */
  topOf: (key: string) => number | null
  /** Scrolls so that a row has this distance from the upper edge of the screen, in px. */
  scrollTo: (row: HTMLElement, topPx: number) => void
}

/** Measures the rows in `area`. */
export function useRowPositions(area: () => HTMLElement | null): RowPositions {
  const screen = shallowRef<ScreenRows | null>(null)
  let isScheduled = false
  /** The rows on the screen before a change, and their positions; null while no change is under way. */
  let kept: readonly (readonly [key: string, topPx: number])[] | null = null

  const rows = (): HTMLElement[] => [...(area()?.querySelectorAll<HTMLElement>('[data-row]') ?? [])]
  const find = (key: string): HTMLElement | undefined => rows().find((row) => keyOf(row) === key)

  function measure(): void {
    if (kept) return // the scrolling is not corrected yet
    const [first, last] = edges(onScreen(rows()))
    const now = first && last ? { first: keyOf(first), last: keyOf(last) } : null
    if (now?.first !== screen.value?.first || now?.last !== screen.value?.last) screen.value = now
  }

  /** Once a frame: the positions are read after the browser has scrolled, before it paints. */
  function schedule(): void {
    if (isScheduled) return
    isScheduled = true
    requestAnimationFrame(() => {
      isScheduled = false
      measure()
    })
  }
  useEventListener(window, ['scroll', 'resize'], schedule, { passive: true })

  function scrollTo(row: HTMLElement, topPx: number): void {
    window.scrollBy({ top: row.getBoundingClientRect().top - topPx, behavior: 'instant' })
  }

  async function keepInPlace(change: () => void): Promise<void> {
    kept ??= onScreen(rows()).map((row) => [keyOf(row), row.getBoundingClientRect().top])
    const before = kept
    change()
    await nextTick()
    if (kept !== before) return // an earlier change of the same rendering has corrected this one, too
    kept = null
    const byKey = new Map(rows().map((row) => [keyOf(row), row]))
    const [remaining] = before.filter(([key]) => byKey.has(key))
    const row = remaining && byKey.get(remaining[0])
    if (row) scrollTo(row, remaining[1])
    measure()
  }

  return {
    screen,
    measure,
    keepInPlace,
    find,
    topOf: (key) => find(key)?.getBoundingClientRect().top ?? null,
    scrollTo,
  }
}

function keyOf(row: HTMLElement): string {
  return row.dataset.row ?? ''
}

/** The rows that are at least in part on the screen. They stand below each other, so that two bisections find them. */
function onScreen(rows: HTMLElement[]): HTMLElement[] {
  const first = firstIndex(rows, (row) => row.getBoundingClientRect().bottom > 0)
  const end = firstIndex(rows, (row) => row.getBoundingClientRect().top >= window.innerHeight)
  return rows.slice(first, end)
}

/** The index of the first row for which `test` holds; it holds for all later ones. */
function firstIndex(rows: readonly HTMLElement[], test: (row: HTMLElement) => boolean): number {
  let [low, high] = [0, rows.length]
  while (low < high) {
    const middle = (low + high) >> 1
    const row = rows[middle]
    if (row && test(row)) high = middle
    else low = middle + 1
  }
  return low
}

function edges<T>(items: readonly T[]): [T | undefined, T | undefined] {
  return [items[0], items.at(-1)]
}
