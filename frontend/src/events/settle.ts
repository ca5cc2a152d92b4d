/** Lets a list change under somebody who reads it without anything jumping. Pure. */

/** What a list holds of an item. */
interface Keyed {
  key: string
}

/** A list as it is shown: what stays in its place, and how much waits. */
export interface Settled<T extends Keyed> {
  rows: { item: T; gone: boolean }[]
  /** Items that are not shown yet. */
  waiting: number
  /** Whether showing all would move something. */
  unsettled: boolean
}

/** The list as it is. */
export function settled<T extends Keyed>(fresh: readonly T[]): Settled<T> {
  return { rows: fresh.map((item) => ({ item, gone: false })), waiting: 0, unsettled: false }
}

/**
 * The new state of a list, with everything where it was: what changed shows its new state, what left stays as gone, and
 * what came waits.
 */
export function held<T extends Keyed>(shown: Settled<T>, fresh: readonly T[]): Settled<T> {
  const byKey = new Map(fresh.map((item) => [item.key, item]))
  const rows = shown.rows.map((row) => {
    const item = byKey.get(row.item.key)
    const next = { item: item ?? row.item, gone: item === undefined }
    return next.item === row.item && next.gone === row.gone ? row : next
  })
  const known = new Set(rows.map(({ item }) => item.key))
  const waiting = fresh.filter(({ key }) => !known.has(key)).length
  const moved = rows.filter(({ gone }) => !gone).some(({ item }, index) => item.key !== fresh[index]?.key)
  return { rows, waiting, unsettled: waiting > 0 || moved || rows.some(({ gone }) => gone) }
}

/** What the pill says: `2 new events`, or that the list has changed. */
export function pillWords({ waiting, unsettled }: Settled<Keyed>): string | null {
  if (waiting > 0) return waiting === 1 ? '1 new event' : `${String(waiting)} new events`
  return unsettled ? 'Update the list' : null
}
