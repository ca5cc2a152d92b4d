import { describe, expect, test } from 'vitest'
import { currentList, heldList, pillWords } from '@/event-list/stableList'

interface Row {
  key: string
  rank: number
  title?: string
}
const rows = (...keys: string[]): Row[] => keys.map((key) => ({ key, rank: 0 }))
const shown = (list: ReturnType<typeof heldList<Row>>): string[] =>
  list.rows.map(({ item, isGone }) => (isGone ? `${item.key} gone` : item.key))

describe('nothing jumps under a finger', () => {
  test('a new item is held back', () => {
    const list = heldList(currentList(rows('a', 'b')), rows('new', 'a', 'b'))
    expect(shown(list)).toEqual(['a', 'b'])
    expect(pillWords(list)).toBe('1 new event')
  })

  test('a removed item stays in its place, marked as gone', () => {
    const list = heldList(currentList(rows('a', 'b', 'c')), rows('a', 'c'))
    expect(shown(list)).toEqual(['a', 'b gone', 'c'])
    expect(pillWords(list)).toBe('Show changes')
  })

  test('an item that comes back is shown again', () => {
    const gone = heldList(currentList(rows('a', 'b')), rows('a'))
    const list = heldList(gone, rows('a', 'b'))
    expect(shown(list)).toEqual(['a', 'b'])
    expect(pillWords(list)).toBeNull()
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
    expect(pillWords(list)).toBe('Show changes')
  })

  test('two new events are two', () => {
    expect(pillWords(heldList(currentList(rows('a')), rows('a', 'b', 'c')))).toBe('2 new events')
  })
})

describe('a window of a longer list', () => {
  const MORE = { hasMore: true, order: 'ascending' } as const
  const WHOLE = { hasMore: false, order: 'ascending' } as const

  test('an item that was pushed out of the window is not gone', () => {
    const list = heldList(currentList(rows('b', 'c', 'd'), MORE), rows('a', 'b', 'c'), MORE)
    expect(shown(list)).toEqual(['b', 'c', 'd'])
    expect(pillWords(list)).toBe('1 new event')
  })

  test('an item that was pulled into the window is not new', () => {
    const list = heldList(currentList(rows('a', 'b', 'c'), MORE), rows('a', 'c', 'd'), MORE)
    expect(shown(list)).toEqual(['a', 'b gone', 'c'])
    expect(pillWords(list)).toBe('Show changes')
  })

  test('its last item can go like any other', () => {
    const list = heldList(currentList(rows('a', 'b', 'c'), MORE), rows('a', 'b', 'd'), MORE)
    expect(shown(list)).toEqual(['a', 'b', 'c gone'])
  })

  test('if all of a list is shown, a missing item is gone, and a further one is new', () => {
    expect(shown(heldList(currentList(rows('a', 'b'), MORE), rows('a'), WHOLE))).toEqual(['a', 'b gone'])
    expect(pillWords(heldList(currentList(rows('a', 'b'), WHOLE), rows('a', 'b', 'c'), WHOLE))).toBe('1 new event')
  })

  test('the past ends at its oldest', () => {
    const past = { hasMore: true, order: 'descending' } as const
    expect(shown(heldList(currentList(rows('c', 'b', 'a'), past), rows('d', 'c', 'b'), past))).toEqual(['c', 'b', 'a'])
  })
})
