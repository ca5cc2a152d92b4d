import type { Patch, Snapshot } from './generated'

/** Anything a view can hold. */
export type Item = Snapshot['items'][number]

/**
 * One view as the server last told it: its items in order, and the position to resume from.
 *
 * Knows nothing of sockets or frames; `tests/vectors/replica.json` says what it does.
 * An item that did not change stays the same object, so that components need not compare it.
 */
export class Replica {
  /** Position of the last message; null before the first snapshot. */
  at: string | null = null
  /** The order of `items`. */
  order: Snapshot['order'] = 'ascending'

  #byKey = new Map<string, Item>()
  #sorted: readonly Item[] = []

  /** The items in the order of the view. A new array whenever something in it changed. */
  get items(): readonly Item[] {
    return this.#sorted
  }

  /** The item of this key, if the view holds it. */
  get(key: string): Item | undefined {
    return this.#byKey.get(key)
  }

  /** Takes in what the server said; tells whether an item came, went or changed. */
  apply(message: Snapshot | Patch): boolean {
    this.at = message.at
    return message.type === 'snapshot' ? this.#replace(message) : this.#change(message)
  }

  #replace({ items, order }: Snapshot): boolean {
    const before = this.#sorted
    this.order = order
    this.#byKey = new Map(items.map((item) => [item.key, kept(this.#byKey.get(item.key), item)]))
    this.#sort()
    return before.length !== this.#sorted.length || before.some((item, index) => item !== this.#sorted[index])
  }

  #change({ upsert, remove }: Patch): boolean {
    let changed = false
    let moved = false
    for (const key of remove) {
      if (this.#byKey.delete(key)) changed = moved = true
    }
    for (const item of upsert) {
      const old = this.#byKey.get(item.key)
      const now = kept(old, item)
      if (now === old) continue
      this.#byKey.set(item.key, now)
      changed = true
      moved ||= old?.rank !== item.rank
    }
    if (moved) this.#sort()
    else if (changed) this.#sorted = this.#sorted.map((item) => this.#byKey.get(item.key) ?? item)
    return changed
  }

  #sort(): void {
    const ascending = [...this.#byKey.values()].sort((a, b) => a.rank - b.rank || byCodePoint(a.key, b.key))
    this.#sorted = this.order === 'ascending' ? ascending : ascending.reverse()
  }
}

/** The old object where the new one says the same. The server writes fields in one order, so text comparison tells. */
function kept(old: Item | undefined, fresh: Item): Item {
  return old !== undefined && JSON.stringify(old) === JSON.stringify(fresh) ? old : fresh
}

/** Compares by code point, as the server does; `<` compares UTF-16 units, where an emoji sorts before U+FF01. */
export function byCodePoint(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let index = 0; index < length; index++) {
    const left = a.charCodeAt(index)
    const right = b.charCodeAt(index)
    if (left !== right) return unitRank(left) - unitRank(right)
  }
  return a.length - b.length
}

/** Moves surrogates (parts of code points beyond U+FFFF) above the units U+E000 to U+FFFF. */
function unitRank(unit: number): number {
  if (unit < 0xd800) return unit
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800
}
