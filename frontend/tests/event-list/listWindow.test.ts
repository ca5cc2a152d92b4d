import { describe, expect, test } from 'vitest'
import {
  comparePlaces,
  cursorOf,
  isSameWindow,
  nextWindow,
  WINDOW_ITEMS,
  type Extent,
  type ListWindow,
  type Order,
  type Place,
} from '@/event-list/listWindow'

const HOUR_MS = 3_600_000

/** A list with two events at each moment, in its order. */
function listOf(size: number, order: Order): Place[] {
  const ascending = Array.from({ length: size }, (_, index) => ({
    rank: Math.floor(index / 2) * HOUR_MS,
    key: `card:${String(index).padStart(5, '0')}`,
  }))
  return order === 'ascending' ? ascending : ascending.reverse()
}

/** The window of a list that the server sends. */
function windowOf(list: readonly Place[], { after, before }: ListWindow, order: Order) {
  const precedes = (place: Place, other: Place): boolean => comparePlaces(place, other, order) < 0
  const end = before ? list.filter((each) => precedes(each, before)).length : list.length
  const passed = after ? list.filter((each) => !precedes(after, each)).length : 0
  const start = before ? Math.max(end - WINDOW_ITEMS, 0) : passed
  const items = list.slice(start, Math.min(end, start + WINDOW_ITEMS))
  return { items, extent: { before: start, hasMore: start + items.length < list.length, order } }
}

test.each(['ascending', 'descending'] as const)(
  'a moment stands before its events in ascending order, and so after them in a %s list',
  (order) => {
    const isBefore = comparePlaces({ rank: 5, key: '' }, { rank: 5, key: 'card:a' }, order) < 0
    expect(isBefore).toBe(order === 'ascending')
  },
)

test.each([
  [{ rank: 1_797_000_000_000, key: 'card:abc' }, '1797000000000-abc'],
  [{ rank: -5, key: 'card:a-b' }, '-5-a-b'],
  [{ rank: 0, key: '' }, '0'],
])('the cursor of %o is %s', (place, cursor) => expect(cursorOf(place)).toBe(cursor))

test('windows with the same bounds are the same', () => {
  expect(isSameWindow({}, {})).toBe(true)
  expect(isSameWindow({ after: { rank: 1, key: 'a' } }, { after: { rank: 1, key: 'a' } })).toBe(true)
  expect(isSameWindow({ after: { rank: 1, key: 'a' } }, { before: { rank: 1, key: 'a' } })).toBe(false)
  expect(isSameWindow({ after: { rank: 1, key: 'a' } }, { after: { rank: 1, key: 'b' } })).toBe(false)
})

/** A reader who sees seven cards, and scrolls through a list one card at a time. */
class Reader {
  window: ListWindow = {}
  slides = 0
  readonly #list: readonly Place[]
  readonly #order: Order

  constructor(list: readonly Place[], order: Order) {
    this.#list = list
    this.#order = order
  }

  /** Looks at the cards from `first` on, and slides the window until it stays. True if the window holds all of them. */
  looksAt(first: number, seen = 7): boolean {
    const last = Math.min(first + seen, this.#list.length) - 1
    for (let tries = 0; tries < 3; tries++) {
      const { items, extent } = this.#slice()
      const visible = { first: first - extent.before, last: last - extent.before }
      if (visible.first < 0 || visible.last >= items.length) return false
      const next = nextWindow(items, extent, visible)
      if (next === null || isSameWindow(next, this.window)) return true
      this.window = next
      this.slides += 1
    }
    throw new Error('the window slides for ever')
  }

  #slice(): { items: readonly Place[]; extent: Extent } {
    return windowOf(this.#list, this.window, this.#order)
  }
}

describe.each([
  ['ascending', 1_000],
  ['descending', 1_000],
  ['ascending', 151],
  ['ascending', 30],
  ['ascending', 3],
] as const)('a reader of an %s list of %i', (order, size) => {
  const list = listOf(size, order)
  const starts = Array.from({ length: Math.max(size - 6, 1) }, (_, index) => index)

  test('scrolls to its end and back, and has the cards each time', () => {
    const reader = new Reader(list, order)
    expect(starts.every((first) => reader.looksAt(first))).toBe(true)
    expect(starts.toReversed().every((first) => reader.looksAt(first))).toBe(true)
    expect(reader.slides).toBeLessThan((2 * size) / 20)
    expect(reader.window).toEqual({})
  })

  test('jumps anywhere, and can scroll on from there', () => {
    for (const first of starts.filter((start) => start % 29 === 0)) {
      const reader = new Reader(list, order)
      reader.window = first === 0 ? {} : { after: list[first - 1]! }
      expect(
        [first, first + 1, first, first - 1]
          .filter((each) => each >= 0 && each < starts.length)
          .every((each) => reader.looksAt(each)),
      ).toBe(true)
    }
  })

  test('does not slide to and fro at a border', () => {
    for (const first of starts) {
      const reader = new Reader(list, order)
      for (const each of starts.slice(0, first)) reader.looksAt(each)
      const { slides } = reader
      for (let times = 0; times < 3; times++) {
        reader.looksAt(Math.max(first - 1, 0))
        reader.looksAt(first)
      }
      expect(reader.slides - slides).toBeLessThanOrEqual(1)
      if (first > 200) break
    }
  })
})
