import type { Patch, Snapshot } from './generated'

/** An item of any view. */
export type Item = Snapshot['items'][number]

/**
 * The content of one view: its items in order, and the position to resume from. Free of I/O.
 *
 * `tests/vectors/replica.json` specifies the behaviour, for all clients. An item that did not change stays the same
 * object, so that components need not compare it.
 */
export class Replica {
  /** Position of the last message; null before the first snapshot. */
  at: string | null = null
  /** The order of `items`. */
  order: Snapshot['order'] = 'ascending'

  #byKey = new Map<string, Item>()
  #sorted: readonly Item[] = []

  /** The items in the order of the view; a new array after each change. */
  get items(): readonly Item[] {
    return this.#sorted
  }

  /** The item of this key, if the view holds it. */
  get(key: string): Item | undefined {
    return this.#byKey.get(key)
  }

  /** Applies a message. True if an item was added, removed or changed. */
  apply(message: Snapshot | Patch): boolean {
    this.at = message.at
    return message.type === 'snapshot' ? this.#replace(message) : this.#change(message)
  }

  #replace({ items, order }: Snapshot): boolean {
    const before = this.#sorted
    this.order = order
    this.#byKey = new Map(items.map((item) => [item.key, reuseIfEqual(this.#byKey.get(item.key), item)]))
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
      const now = reuseIfEqual(old, item)
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

/** The old object if both are equal. The server writes fields in a fixed order, so comparing JSON texts is enough. */
export function reuseIfEqual<T extends Item>(old: T | undefined, fresh: T): T {
  if (old === fresh) return fresh
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
