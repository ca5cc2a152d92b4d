import { describe, expect, test } from 'vitest'
import { parseQuery, writeQuery } from '@/event-list/useEventsQuery'

describe('the address bar', () => {
  test('parses the query, and ignores invalid values', () => {
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

  test('omits defaults, and is parsed to the same query', () => {
    expect(writeQuery({ when: 'upcoming', q: '', tag: '', limit: 50 })).toEqual({})
    const query = { when: 'mine', q: 'a b', tag: 'x', limit: 150 } as const
    expect(parseQuery(writeQuery(query))).toEqual(query)
  })
})
