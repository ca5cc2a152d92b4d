/** A list that can change while it is read, without anything jumping. Pure. */

import { byCodePoint } from '@/live/replica'

/** An item's identity and its sort key. */
interface Keyed {
  key: string
  rank: number
}

/** The part of a list beyond its items. */
export interface Extent {
  /** True if the list goes on after the last item. */
  further: boolean
  order: 'ascending' | 'descending'
}

/** A list as it is shown: what stays in its place, and how much waits. */
export interface StableList<T extends Keyed> {
  rows: { item: T; gone: boolean }[]
  /** Items that are not shown yet. */
  waiting: number
  /** True if showing the current list would move something. */
  changed: boolean
  /** Where the window that is shown ended, as the list went on behind it; null where all of it is shown. */
  edge: Keyed | null
}

const WHOLE: Extent = { further: false, order: 'ascending' }

/** The list as it is. */
export function currentList<T extends Keyed>(fresh: readonly T[], extent = WHOLE): StableList<T> {
  const rows = fresh.map((item) => ({ item, gone: false }))
  return { rows, waiting: 0, changed: false, edge: edgeOf(fresh, extent) }
}

/**
 * The new state of a list, with everything where it was: what changed shows its new state, what left stays as gone, and
 * what came waits. A window tells nothing of what is behind its end: what was pushed out there is not gone, and what was
 * pulled in from there is not new.
 */
export function heldList<T extends Keyed>(shown: StableList<T>, fresh: readonly T[], extent = WHOLE): StableList<T> {
  const edge = edgeOf(fresh, extent)
  const behind = (item: T, end: Keyed | null): boolean => end !== null && compare(item, end, extent.order) > 0
  const byKey = new Map(fresh.map((item) => [item.key, item]))
  const rows = shown.rows.map((row) => {
    const item = byKey.get(row.item.key)
    const next = { item: item ?? row.item, gone: item === undefined && !behind(row.item, edge) }
    return next.item === row.item && next.gone === row.gone ? row : next
  })
  const known = new Set(rows.map(({ item }) => item.key))
  const waiting = fresh.filter((item) => !known.has(item.key) && !behind(item, shown.edge)).length
  const stayed = fresh.filter(({ key }) => known.has(key))
  const moved = rows.filter(({ item }) => byKey.has(item.key)).some(({ item }, index) => item !== stayed[index])
  return { rows, waiting, changed: waiting > 0 || moved || rows.some(({ gone }) => gone), edge: shown.edge }
}

function edgeOf(items: readonly Keyed[], { further }: Extent): Keyed | null {
  return (further ? items.at(-1) : undefined) ?? null
}

function compare(a: Keyed, b: Keyed, order: Extent['order']): number {
  const ascending = a.rank - b.rank || byCodePoint(a.key, b.key)
  return order === 'ascending' ? ascending : -ascending
}

/** The label of the pill: `2 new events`, or `Show changes`. */
export function pillWords({ waiting, changed }: Pick<StableList<Keyed>, 'waiting' | 'changed'>): string | null {
  if (waiting > 0) return waiting === 1 ? '1 new event' : `${String(waiting)} new events`
  return changed ? 'Show changes' : null
}
