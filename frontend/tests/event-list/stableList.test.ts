import { describe, expect, test } from 'vitest'
import { pillWords } from '@/event-list/listWords'
import { currentList, heldList, movedList, unmarked, type StableList } from '@/event-list/stableList'

interface Row {
  key: string
  rank: number
  title?: string
}
const rows = (...keys: string[]): Row[] => keys.map((key) => ({ key, rank: 0 }))
const pill = ({ held, isOutdated }: StableList<Row>): string | null => pillWords(held.length, isOutdated, 'here')
const shown = (list: StableList<Row>): string[] =>
  list.rows.map(({ item, isGone }) => (isGone ? `${item.key} gone` : item.key))

describe('nothing jumps under a finger', () => {
  test('a new item is held back', () => {
    const list = heldList(currentList(rows('a', 'b')), rows('new', 'a', 'b'))
    expect(shown(list)).toEqual(['a', 'b'])
    expect(pill(list)).toBe('1 new event')
  })

  test('a removed item stays in its place, marked as gone', () => {
    const list = heldList(currentList(rows('a', 'b', 'c')), rows('a', 'c'))
    expect(shown(list)).toEqual(['a', 'b gone', 'c'])
    expect(pill(list)).toBe('Show changes')
  })

  test('an item that comes back is shown again', () => {
    const gone = heldList(currentList(rows('a', 'b')), rows('a'))
    const list = heldList(gone, rows('a', 'b'))
    expect(shown(list)).toEqual(['a', 'b'])
    expect(pill(list)).toBeNull()
  })

  test('a changed item shows its new state in its place; an unchanged row stays the same object', () => {
    const [a, b]: [Row, Row] = [
      { key: 'a', rank: 0, title: 'old' },
      { key: 'b', rank: 0 },
    ]
    const before = currentList<Row>([a, b])
    const list = heldList<Row>(before, [{ key: 'a', rank: 0, title: 'new' }, b])
    expect(list.rows[0]?.item.title).toBe('new')
    expect(list.rows[1]).toBe(before.rows[1])
    expect(list.isOutdated).toBe(false)
  })

  test('a moved item stays until the list may change', () => {
    const list = heldList(currentList(rows('a', 'b')), rows('b', 'a'))
    expect(shown(list)).toEqual(['a', 'b'])
    expect(pill(list)).toBe('Show changes')
  })

  test('two new events are two', () => {
    expect(pill(heldList(currentList(rows('a')), rows('a', 'b', 'c')))).toBe('2 new events')
  })
})

describe('a row', () => {
  test('keeps its place and its day while its item moves', () => {
    const before = currentList<Row>([
      { key: 'a', rank: 1 },
      { key: 'b', rank: 2 },
    ])
    const list = heldList<Row>(before, [
      { key: 'b', rank: 2 },
      { key: 'a', rank: 9 },
    ])
    expect(list.rows.map(({ item, placed }) => [item.rank, placed.rank])).toEqual([
      [9, 1],
      [2, 2],
    ])
  })

  test('is marked as new for a while if it was held back', () => {
    const fresh = rows('new', 'a', 'b')
    const { held } = heldList(currentList(rows('a', 'b')), fresh)
    const list = currentList(fresh, undefined, held)
    expect(list.rows.map(({ isNew }) => isNew)).toEqual([true, false, false])
    expect(heldList(list, fresh).rows.map(({ isNew }) => isNew)).toEqual([true, false, false])
    expect(unmarked(list).rows.some(({ isNew }) => isNew)).toBe(false)
  })
})

describe('a window of a longer list', () => {
  const MORE = { before: 0, hasMore: true, order: 'ascending' } as const
  const WHOLE = { before: 0, hasMore: false, order: 'ascending' } as const
  const INNER = { before: 7, hasMore: true, order: 'ascending' } as const

  test('an item that was pushed out of the window is not gone', () => {
    const list = heldList(currentList(rows('b', 'c', 'd'), MORE), rows('a', 'b', 'c'), MORE)
    expect(shown(list)).toEqual(['b', 'c', 'd'])
    expect(pill(list)).toBe('1 new event')
  })

  test('an item that was pulled into the window is not new', () => {
    const list = heldList(currentList(rows('a', 'b', 'c'), MORE), rows('a', 'c', 'd'), MORE)
    expect(shown(list)).toEqual(['a', 'b gone', 'c'])
    expect(pill(list)).toBe('Show changes')
  })

  test('its last item can go like any other', () => {
    const list = heldList(currentList(rows('a', 'b', 'c'), MORE), rows('a', 'b', 'd'), MORE)
    expect(shown(list)).toEqual(['a', 'b', 'c gone'])
  })

  test('if all of a list is shown, a missing item is gone, and a further one is new', () => {
    expect(shown(heldList(currentList(rows('a', 'b'), MORE), rows('a'), WHOLE))).toEqual(['a', 'b gone'])
    expect(pill(heldList(currentList(rows('a', 'b'), WHOLE), rows('a', 'b', 'c'), WHOLE))).toBe('1 new event')
  })

  test('its first item can be pushed out, and an earlier one pulled in', () => {
    const before = currentList(rows('c', 'd', 'e'), INNER)
    expect(shown(heldList(before, rows('d', 'e', 'f'), INNER))).toEqual(['c', 'd', 'e'])
    const pulled = heldList(before, rows('b', 'c', 'e'), INNER)
    expect(shown(pulled)).toEqual(['c', 'd gone', 'e'])
    expect(pulled.held).toEqual([])
  })

  test('the past ends at its oldest', () => {
    const past = { before: 0, hasMore: true, order: 'descending' } as const
    expect(shown(heldList(currentList(rows('c', 'b', 'a'), past), rows('d', 'c', 'b'), past))).toEqual(['c', 'b', 'a'])
  })
})

describe('a window that slides', () => {
  const INNER = { before: 7, hasMore: true, order: 'ascending' } as const
  const START = { before: 0, hasMore: true, order: 'ascending' } as const
  const END = { before: 7, hasMore: false, order: 'ascending' } as const
  const window = currentList(rows('d', 'f', 'h', 'j'), INNER)

  test.each([
    ['forwards', rows('h', 'j', 'l', 'n'), INNER, ['h', 'j', 'l', 'n']],
    ['backwards', rows('b', 'c', 'd', 'f'), INNER, ['b', 'c', 'd', 'f']],
    ['to the start', rows('b', 'd', 'f'), START, ['b', 'd', 'f']],
    ['to the end', rows('j', 'l'), END, ['j', 'l']],
    ['far away', rows('x', 'y', 'z'), INNER, ['x', 'y', 'z']],
  ] as const)('%s: rows enter and leave silently', (_, fresh, extent, expected) => {
    const list = movedList(window, fresh, extent)
    expect(shown(list)).toEqual(expected)
    expect(pill(list)).toBeNull()
  })

  test('holds back what is new between the rows that stay, also after the next slide', () => {
    const list = movedList(window, rows('f', 'g', 'h', 'j', 'l'), INNER)
    expect(shown(list)).toEqual(['f', 'h', 'j', 'l'])
    expect(list.held.map(({ key }) => key)).toEqual(['g'])
    const next = movedList(list, rows('f', 'g', 'h', 'j', 'l', 'm'), INNER)
    expect(shown(next)).toEqual(['f', 'h', 'j', 'l', 'm'])
    expect(next.held.map(({ key }) => key)).toEqual(['g'])
  })

  test('keeps a gone row in its place', () => {
    expect(shown(movedList(window, rows('f', 'j', 'l'), INNER))).toEqual(['f', 'h gone', 'j', 'l'])
  })

  test('shows an item once that has moved from the one side to the other', () => {
    const before = currentList<Row>(
      [1, 2, 3].map((rank) => ({ key: `k${String(rank)}`, rank })),
      INNER,
    )
    const moved = [
      { key: 'k2', rank: 2 },
      { key: 'k3', rank: 3 },
      { key: 'k1', rank: 4 },
    ]
    expect(shown(movedList<Row>(before, moved, INNER))).toEqual(['k2', 'k3', 'k1'])
  })

  test('to the other side of the past', () => {
    const past = { before: 7, hasMore: true, order: 'descending' } as const
    const list = movedList(currentList(rows('j', 'h', 'f'), past), rows('h', 'g', 'f', 'd'), past)
    expect(shown(list)).toEqual(['h', 'f', 'd'])
    expect(list.held.map(({ key }) => key)).toEqual(['g'])
  })
})
