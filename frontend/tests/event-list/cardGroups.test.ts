import { expect, test } from 'vitest'
import { bySection, rowAtDay } from '@/event-list/cardGroups'
import { inSections } from '@/event-list/mySections'
import { currentList } from '@/event-list/stableList'
import type { Card } from '@/live/generated'
import { addMinutes } from '@/time/zones'
import { card, mine } from '../support/items'

const VIENNA = 'Europe/Vienna'
const NOW = Date.parse('2026-11-22T09:00Z')

/** An hour of a clock that shows UTC. */
function timed(id: string, starts: string): Card {
  return card({ id, starts, ends: addMinutes(starts, 60), zone: 'UTC', starts_at: Date.parse(`${starts}Z`) })
}

/** The 6th of December in Tokyo begins on the 5th in Vienna. */
const inTokyo = card({
  id: 'tokyo',
  starts: '2026-12-06T00:00',
  ends: '2026-12-07T00:00',
  zone: 'Asia/Tokyo',
  starts_at: Date.parse('2026-12-05T15:00Z'),
  ends_at: Date.parse('2026-12-06T15:00Z'),
  all_day: true,
})
const { rows } = currentList([inTokyo, timed('evening', '2026-12-05T18:00'), timed('morning', '2026-12-06T09:00')])

test('an all-day event is among those of its own day', () => {
  const days = bySection(rows, VIENNA, NOW).flatMap((section) => section.days)
  expect(days.map(({ label, events }) => [label, events.map(({ item }) => item.id)])).toEqual([
    ['Saturday 5 December', ['evening']],
    ['Sunday 6 December', ['tokyo', 'morning']],
  ])
})

test.each([
  ['2026-12-05', 'later', 'evening'],
  ['2026-12-06', 'later', 'tokyo'],
  ['2026-12-07', 'later', undefined],
  ['2026-12-07', 'earlier', 'morning'],
  ['2026-12-01', 'later', 'evening'],
  ['2026-12-01', 'earlier', undefined],
] as const)('a jump to the day %s, or the next one %s, leads to %s', (day, direction, expected) => {
  expect(rowAtDay(rows, day, VIENNA, direction)?.item.id).toBe(expected)
})

test('in sections, a jump leads to the next event in time, in whatever section it is', () => {
  const cards = [
    timed('organized', '2026-12-01T10:00'),
    timed('late', '2026-12-20T10:00'),
    timed('goes', '2026-12-09T10:00'),
  ]
  const relations = [
    mine({ event: 'goes' }),
    ...['organized', 'late'].map((event) => mine({ event, organizing: true })),
  ]
  const own = currentList(inSections(cards, relations)).rows
  expect(own.map(({ item }) => item.id)).toEqual(['organized', 'late', 'goes'])
  expect(rowAtDay(own, '2026-12-05', VIENNA, 'later')?.item.id).toBe('goes')
  expect(rowAtDay(own, '2026-12-31', VIENNA, 'earlier')?.item.id).toBe('late')
})
