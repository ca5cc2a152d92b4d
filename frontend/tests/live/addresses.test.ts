import { expect, test } from 'vitest'
import { calendarAddress, eventsAddress, mySearchAddress, peopleAddress, tagsAddress } from '@/live/addresses'

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
])('the canonical address of %o', (query, expected) => {
  expect(eventsAddress(query)).toBe(expected)
})

test('the addresses of the calendar, of the tags and of a search in one’s own events', () => {
  const month = '2026-12'
  expect(calendarAddress({ month, zone: 'UTC', q: '', tag: '' })).toBe('calendar?month=2026-12')
  expect(calendarAddress({ month, zone: 'Europe/Vienna', q: 'go', tag: 'x' })).toBe(
    'calendar?month=2026-12&zone=Europe%2FVienna&q=go&tag=x',
  )
  expect(tagsAddress('past')).toBe('tags?when=past')
  expect(mySearchAddress('board games')).toBe('me?q=board+games')
})

test('the address of a window of people has its parameters in the order of the protocol', () => {
  const query = { status: 'going', q: '', after: 0, limit: 500 } as const
  expect(peopleAddress('a b', query)).toBe('events/a%20b/people?status=going&limit=500')
  expect(peopleAddress('a b', { ...query, q: 'ada l', after: 7 })).toBe(
    'events/a%20b/people?status=going&q=ada+l&after=7&limit=500',
  )
})
