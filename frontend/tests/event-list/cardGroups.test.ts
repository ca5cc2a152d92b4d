import { expect, test } from 'vitest'
import { bySection, firstOfDay } from '@/event-list/cardGroups'
import { currentList } from '@/event-list/stableList'
import type { Card } from '@/live/generated'
import { addMinutes } from '@/time/zones'
import { card } from '../support/items'

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

test('a jump to a day leads to an event of that day', () => {
  expect(firstOfDay(rows, '2026-12-05', VIENNA)?.item.id).toBe('evening')
  expect(firstOfDay(rows, '2026-12-06', VIENNA)?.item.id).toBe('tokyo')
  expect(firstOfDay(rows, '2026-12-07', VIENNA)).toBeUndefined()
})
