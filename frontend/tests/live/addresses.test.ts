import { expect, test } from 'vitest'
import { eventsAddress } from '@/live/addresses'

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
