import { describe, expect, test } from 'vitest'
import { heldList, pillWords, currentList } from '@/event-list/stableList'
import { parseQuery, writeQuery } from '@/event-list/useEventsQuery'
import { matches } from '@/event-list/useMyEvents'
import { eventsAddress } from '@/live/addresses'
import { card } from '../support/items'

interface Row {
  key: string
  rank: number
  title?: string
}
const rows = (...keys: string[]): Row[] => keys.map((key) => ({ key, rank: 0 }))
const shown = (list: ReturnType<typeof heldList<Row>>): string[] =>
  list.rows.map(({ item, gone }) => (gone ? `${item.key} gone` : item.key))

describe('nothing jumps under a finger', () => {
  test('what came waits', () => {
    const list = heldList(currentList(rows('a', 'b')), rows('new', 'a', 'b'))
    expect(shown(list)).toEqual(['a', 'b'])
    expect(pillWords(list)).toBe('1 new event')
  })

  test('what left stays in its place, as gone', () => {
    const list = heldList(currentList(rows('a', 'b', 'c')), rows('a', 'c'))
    expect(shown(list)).toEqual(['a', 'b gone', 'c'])
    expect(pillWords(list)).toBe('Show changes')
  })

  test('what came back is there again', () => {
    const gone = heldList(currentList(rows('a', 'b')), rows('a'))
    const list = heldList(gone, rows('a', 'b'))
    expect(shown(list)).toEqual(['a', 'b'])
    expect(pillWords(list)).toBeNull()
  })

  test('what changed shows its new state in its place; what did not change stays the same object', () => {
    const [a, b]: [Row, Row] = [
      { key: 'a', rank: 0, title: 'old' },
      { key: 'b', rank: 0 },
    ]
    const before = currentList<Row>([a, b])
    const list = heldList<Row>(before, [{ key: 'a', rank: 0, title: 'new' }, b])
    expect(list.rows[0]?.item.title).toBe('new')
    expect(list.rows[1]).toBe(before.rows[1])
    expect(list.changed).toBe(false)
  })

  test('what moved stays until the list may change', () => {
    const list = heldList(currentList(rows('a', 'b')), rows('b', 'a'))
    expect(shown(list)).toEqual(['a', 'b'])
    expect(pillWords(list)).toBe('Show changes')
  })

  test('two new events are two', () => {
    expect(pillWords(heldList(currentList(rows('a')), rows('a', 'b', 'c')))).toBe('2 new events')
  })
})

describe('a window of a longer list', () => {
  const FURTHER = { further: true, order: 'ascending' } as const
  const WHOLE = { further: false, order: 'ascending' } as const

  test('what was pushed out behind its end is not gone', () => {
    const list = heldList(currentList(rows('b', 'c', 'd'), FURTHER), rows('a', 'b', 'c'), FURTHER)
    expect(shown(list)).toEqual(['b', 'c', 'd'])
    expect(pillWords(list)).toBe('1 new event')
  })

  test('what was pulled in from behind its end is not new', () => {
    const list = heldList(currentList(rows('a', 'b', 'c'), FURTHER), rows('a', 'c', 'd'), FURTHER)
    expect(shown(list)).toEqual(['a', 'b gone', 'c'])
    expect(pillWords(list)).toBe('Show changes')
  })

  test('its last item can go like any other', () => {
    const list = heldList(currentList(rows('a', 'b', 'c'), FURTHER), rows('a', 'b', 'd'), FURTHER)
    expect(shown(list)).toEqual(['a', 'b', 'c gone'])
  })

  test('where all is shown, what is not there is gone, and what comes at the end is new', () => {
    expect(shown(heldList(currentList(rows('a', 'b'), FURTHER), rows('a'), WHOLE))).toEqual(['a', 'b gone'])
    expect(pillWords(heldList(currentList(rows('a', 'b'), WHOLE), rows('a', 'b', 'c'), WHOLE))).toBe('1 new event')
  })

  test('the past ends at its oldest', () => {
    const past = { further: true, order: 'descending' } as const
    expect(shown(heldList(currentList(rows('c', 'b', 'a'), past), rows('d', 'c', 'b'), past))).toEqual(['c', 'b', 'a'])
  })
})

describe('the address bar', () => {
  test('reads what is there, and takes nonsense for nothing said', () => {
    expect(parseQuery({})).toEqual({ when: 'upcoming', q: '', tag: '', limit: 50 })
    expect(parseQuery({ when: 'past', q: 'go', tag: 'games', limit: '100' })).toEqual({
      when: 'past',
      q: 'go',
      tag: 'games',
      limit: 100,
    })
    expect(parseQuery({ when: 'never', q: ['a', 'b'], limit: '-3' })).toEqual({
      when: 'upcoming',
      q: 'a',
      tag: '',
      limit: 50,
    })
    expect(parseQuery({ limit: '9999' }).limit).toBe(500)
  })

  test('writes only what is not the default, and reads the same again', () => {
    expect(writeQuery({ when: 'upcoming', q: '', tag: '', limit: 50 })).toEqual({})
    const query = { when: 'mine', q: 'a b', tag: 'x', limit: 150 } as const
    expect(parseQuery(writeQuery(query))).toEqual(query)
  })
})

test.each([
  [{ when: 'upcoming' } as const, 'events?when=upcoming'],
  [
    { when: 'past', tag: 'board games', q: 'go & chess', limit: 100 } as const,
    'events?when=past&q=go+%26+chess&tag=board+games&limit=100',
  ],
  [{ when: 'upcoming', q: '', limit: 50 } as const, 'events?when=upcoming'],
])('the canonical address of %o', (query, expected) => {
  expect(eventsAddress(query)).toBe(expected)
})

test.each([
  ['', '', true],
  ['board DEPOT', '', true],
  ['board zoo', '', false],
  ['olga', 'games', true],
  ['', 'music', false],
  ['BOARD', 'Games', true],
])('words "%s" and tag "%s" match: %s', (q, tag, expected) => {
  expect(matches(card(), q, tag)).toBe(expected)
})
