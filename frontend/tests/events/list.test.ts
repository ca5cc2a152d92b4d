import { describe, expect, test } from 'vitest'
import { held, pillWords, settled } from '@/events/settle'
import { parseQuery, writeQuery } from '@/events/useEventsQuery'
import { matches } from '@/events/useEvents'
import { eventsAddress } from '@/live/addresses'
import { card } from '../support/items'

interface Row {
  key: string
  title?: string
}
const rows = (...keys: string[]): Row[] => keys.map((key) => ({ key }))
const shown = (list: ReturnType<typeof held<Row>>): string[] =>
  list.rows.map(({ item, gone }) => (gone ? `${item.key} gone` : item.key))

describe('nothing jumps under a finger', () => {
  test('what came waits', () => {
    const list = held(settled(rows('a', 'b')), rows('new', 'a', 'b'))
    expect(shown(list)).toEqual(['a', 'b'])
    expect(pillWords(list)).toBe('1 new event')
  })

  test('what left stays in its place, as gone', () => {
    const list = held(settled(rows('a', 'b', 'c')), rows('a', 'c'))
    expect(shown(list)).toEqual(['a', 'b gone', 'c'])
    expect(pillWords(list)).toBe('Update the list')
  })

  test('what came back is there again', () => {
    const gone = held(settled(rows('a', 'b')), rows('a'))
    const list = held(gone, rows('a', 'b'))
    expect(shown(list)).toEqual(['a', 'b'])
    expect(pillWords(list)).toBeNull()
  })

  test('what changed shows its new state in its place; what did not change stays the same object', () => {
    const [a, b]: [Row, Row] = [{ key: 'a', title: 'old' }, { key: 'b' }]
    const before = settled<Row>([a, b])
    const list = held<Row>(before, [{ key: 'a', title: 'new' }, b])
    expect(list.rows[0]?.item.title).toBe('new')
    expect(list.rows[1]).toBe(before.rows[1])
    expect(list.unsettled).toBe(false)
  })

  test('what moved stays until the list may change', () => {
    const list = held(settled(rows('a', 'b')), rows('b', 'a'))
    expect(shown(list)).toEqual(['a', 'b'])
    expect(pillWords(list)).toBe('Update the list')
  })

  test('two new events are two', () => {
    expect(pillWords(held(settled(rows('a')), rows('a', 'b', 'c')))).toBe('2 new events')
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
])('words "%s" and tag "%s" match: %s', (q, tag, expected) => {
  expect(matches(card(), q, tag)).toBe(expected)
})
