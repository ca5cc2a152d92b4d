import { expect, test } from 'vitest'
import { calendarAddress, eventsAddress, peopleAddress, tagsAddress } from '@/live/addresses'

test.each([
  [{ when: 'upcoming' } as const, 'events?when=upcoming'],
  [
    { when: 'past', tag: 'board games', q: 'go & chess', limit: 100 } as const,
    'events?when=past&q=go+%26+chess&tag=board+games&limit=100',
  ],
  [{ when: 'upcoming', q: '', limit: 50 } as const, 'events?when=upcoming'],
  [
    { when: 'upcoming', after: '1797000000000-abc', tag: 'x', limit: 150 } as const,
    'events?when=upcoming&tag=x&after=1797000000000-abc&limit=150',
  ],
  [{ when: 'past', before: '-5' } as const, 'events?when=past&before=-5'],
  [{ when: 'past', isOwn: true, q: 'go', tag: 'x', limit: 1 } as const, 'me?when=past&q=go&tag=x&limit=1'],
  [{ when: 'upcoming', isOwn: true, after: '7-abc' } as const, 'me?when=upcoming&after=7-abc'],
])('the canonical address of %o', (query, expected) => {
  expect(eventsAddress(query)).toBe(expected)
})

test('the addresses of the calendar and of the tags, of all events and of one’s own', () => {
  const month = '2026-12'
  expect(calendarAddress({ month, zone: 'UTC', q: '', tag: '' })).toBe('calendar?month=2026-12')
  expect(calendarAddress({ month, zone: 'Europe/Vienna', q: 'go', tag: 'x' })).toBe(
    'calendar?month=2026-12&zone=Europe%2FVienna&q=go&tag=x',
  )
  expect(calendarAddress({ isOwn: true, month, zone: 'UTC', tag: 'x' })).toBe('me/calendar?month=2026-12&tag=x')
  expect(tagsAddress({ when: 'past' })).toBe('tags?when=past')
  expect(tagsAddress({ when: 'past', isOwn: true })).toBe('me/tags?when=past')
})

test('the address of a window of people has its parameters in the order of the protocol', () => {
  const query = { status: 'going', q: '', after: 0, limit: 500 } as const
  expect(peopleAddress('a b', query)).toBe('events/a%20b/people?status=going&limit=500')
  expect(peopleAddress('a b', { ...query, q: 'ada l', after: 7 })).toBe(
    'events/a%20b/people?status=going&q=ada+l&after=7&limit=500',
  )
})
