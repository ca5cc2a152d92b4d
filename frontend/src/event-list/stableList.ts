/** A list whose rows stay in place while a person reads it. Pure. */

import { comparePlaces, type Extent, type Order, type Place } from './listWindow'

/** A row of the list. */
export interface Row<T extends Place> {
  /** The item as it is now. */
  item: T
  /** The item as it was when the row was placed: its sort key then, and its day. */
  placed: T
  /** True if the item has left the list. */
  isGone: boolean
  /** True if the row was held back and is shown since a moment. */
  isNew: boolean
}

/** The rows that are shown, and the changes that are held back. */
export interface StableList<T extends Place> {
  rows: readonly Row<T>[]
  /** Places of new items that are held back. */
  held: readonly Place[]
  /** True if showing the current list would move something. */
  isOutdated: boolean
  /** The part of the list that the rows cover. */
  range: Range
}

/** The first and the last place of a part of a list; null for the end of the list. */
interface Range {
  start: Place | null
  end: Place | null
  order: Order
}

const WHOLE: Extent = { before: 0, hasMore: false, order: 'ascending' }

/** Shows the current list. Rows that were held back until now are marked as new. */
export function currentList<T extends Place>(
  fresh: readonly T[],
  extent = WHOLE,
  held: readonly Place[] = [],
): StableList<T> {
  const heldKeys = new Set(held.map(({ key }) => key))
  const rows = fresh.map((item) => rowOf(item, heldKeys.has(item.key)))
  return { rows, held: [], isOutdated: false, range: rangeOf(fresh, extent) }
}

/**
 * Updates a list without moving its rows: changed items show their new state, removed items stay and are marked as gone,
 * new items are held back. Items beyond the window are unknown: an item that was pushed out of the window is not
 * gone, and one that was pulled into it is not new.
 */
export function heldList<T extends Place>(shown: StableList<T>, fresh: readonly T[], extent = WHOLE): StableList<T> {
  const range = rangeOf(fresh, extent)
  return merged(shown, shown.rows, fresh, range, [])
}

/**
 * Updates a list whose window has moved. Rows that both windows cover stay in place as in `heldList`, other rows leave and
 * enter silently: they are no changes.
 */
export function movedList<T extends Place>(shown: StableList<T>, fresh: readonly T[], extent = WHOLE): StableList<T> {
  const range = rangeOf(fresh, extent)
  const rows = shown.rows.filter(({ placed }) => contains(range, placed))
  const keys = new Set(rows.map(({ item }) => item.key))
  const entering = fresh.filter((item) => !keys.has(item.key) && !contains(shown.range, item))
  return { ...merged(shown, rows, fresh, range, entering), range }
}

function merged<T extends Place>(
  shown: StableList<T>,
  remaining: readonly Row<T>[],
  fresh: readonly T[],
  range: Range,
  entering: readonly T[],
): StableList<T> {
  const byKey = new Map(fresh.map((item) => [item.key, item]))
  const rows = remaining.map((row) => {
    const item = byKey.get(row.item.key)
    const next = { ...row, item: item ?? row.item, isGone: item === undefined && contains(range, row.placed) }
    return next.item === row.item && next.isGone === row.isGone ? row : next
  })
  const keys = new Set([...rows.map(({ item }) => item.key), ...entering.map(({ key }) => key)])
  const held = fresh.filter((item) => !keys.has(item.key) && contains(shown.range, item))
  const present = rows.filter(({ item }) => byKey.has(item.key))
  const presentKeys = new Set(present.map(({ item }) => item.key))
  const inOrder = fresh.filter(({ key }) => presentKeys.has(key))
  const isMoved = present.some(({ item }, index) => item !== inOrder[index])
  const { start } = shown.range
  const isBefore = (item: T): boolean => start !== null && comparePlaces(item, start, range.order) < 0
  const entered = (items: readonly T[]): Row<T>[] => items.map((item) => rowOf(item, false))
  return {
    rows: [...entered(entering.filter(isBefore)), ...rows, ...entered(entering.filter((item) => !isBefore(item)))],
    held,
    isOutdated: held.length > 0 || isMoved || rows.some(({ isGone }) => isGone),
    range: shown.range,
  }
}

/** The list without marks of new rows. */
export function unmarked<T extends Place>(list: StableList<T>): StableList<T> {
  return { ...list, rows: list.rows.map((row) => (row.isNew ? { ...row, isNew: false } : row)) }
}

function rowOf<T extends Place>(item: T, isNew: boolean): Row<T> {
  return { item, placed: item, isGone: false, isNew }
}

function rangeOf(items: readonly Place[], { before, hasMore, order }: Extent): Range {
  const place = (item: Place | undefined): Place | null => (item ? { rank: item.rank, key: item.key } : null)
  return { start: before > 0 ? place(items[0]) : null, end: hasMore ? place(items.at(-1)) : null, order }
}

function contains({ start, end, order }: Range, place: Place): boolean {
  return (
    (start === null || comparePlaces(place, start, order) >= 0) &&
    (end === null || comparePlaces(place, end, order) <= 0)
  )
}
