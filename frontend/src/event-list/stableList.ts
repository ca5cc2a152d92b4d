/** A list whose rows stay in place while a person reads it. Pure. */

import { byCodePoint } from '@/live/replica'

/** An item's identity and its sort key. */
interface Keyed {
  key: string
  rank: number
}

/** The part of a list beyond its items. */
export interface Extent {
  /** True if there are items after the last one. */
  hasMore: boolean
  order: 'ascending' | 'descending'
}

/** The rows that are shown, and the changes that are held back. */
export interface StableList<T extends Keyed> {
  rows: { item: T; isGone: boolean }[]
  /** The number of new items that are held back. */
  newItems: number
  /** True if showing the current list would move something. */
  isOutdated: boolean
  /** The last item of the shown window if the list has more; null if all of it is shown. */
  windowEnd: Keyed | null
}

const WHOLE: Extent = { hasMore: false, order: 'ascending' }

/** Shows the current list. */
export function currentList<T extends Keyed>(fresh: readonly T[], extent = WHOLE): StableList<T> {
  const rows = fresh.map((item) => ({ item, isGone: false }))
  return { rows, newItems: 0, isOutdated: false, windowEnd: windowEndOf(fresh, extent) }
}

/**
 * Updates a list without moving its rows: changed items show their new state, removed items stay and are marked as gone,
 * new items are held back. Items beyond the window's end are unknown: an item that was pushed out of the window is not
 * gone, and one that was pulled into it is not new.
 */
export function heldList<T extends Keyed>(shown: StableList<T>, fresh: readonly T[], extent = WHOLE): StableList<T> {
  const windowEnd = windowEndOf(fresh, extent)
  const isBeyond = (item: T, end: Keyed | null): boolean => end !== null && compare(item, end, extent.order) > 0
  const byKey = new Map(fresh.map((item) => [item.key, item]))
  const rows = shown.rows.map((row) => {
    const item = byKey.get(row.item.key)
    const next = { item: item ?? row.item, isGone: item === undefined && !isBeyond(row.item, windowEnd) }
    return next.item === row.item && next.isGone === row.isGone ? row : next
  })
  const known = new Set(rows.map(({ item }) => item.key))
  const newItems = fresh.filter((item) => !known.has(item.key) && !isBeyond(item, shown.windowEnd)).length
  const remaining = fresh.filter(({ key }) => known.has(key))
  const isMoved = rows.filter(({ item }) => byKey.has(item.key)).some(({ item }, index) => item !== remaining[index])
  return {
    rows,
    newItems,
    isOutdated: newItems > 0 || isMoved || rows.some(({ isGone }) => isGone),
    windowEnd: shown.windowEnd,
  }
}

function windowEndOf(items: readonly Keyed[], { hasMore }: Extent): Keyed | null {
  return (hasMore ? items.at(-1) : undefined) ?? null
}

function compare(a: Keyed, b: Keyed, order: Extent['order']): number {
  const ascending = a.rank - b.rank || byCodePoint(a.key, b.key)
  return order === 'ascending' ? ascending : -ascending
}

/** The label of the pill: `2 new events`, or `Show changes`. */
export function pillWords({ newItems, isOutdated }: Pick<StableList<Keyed>, 'newItems' | 'isOutdated'>): string | null {
  if (newItems > 0) return newItems === 1 ? '1 new event' : `${String(newItems)} new events`
  return isOutdated ? 'Show changes' : null
}
