import { expect, test } from 'vitest'
import type { ImportRow } from '@/api/generated'
import { chosenAtFirst, errorWords, fileEvents, timesOf } from '@/import/fileEvents'

const DRAFT = { title: 'Go', starts: '2026-12-05T19:30:00', zone: 'Europe/Vienna' }
const ROW: ImportRow = {
  source: 'line 2',
  title: 'Go',
  starts_at: Date.UTC(2026, 11, 5, 18, 30),
  draft: DRAFT,
  key: 'k',
}
const BROKEN: ImportRow = { source: 'line 3', title: 'Chess', errors: [{ field: 'starts', message: 'is required' }] }

test('those with errors and those that are there already are not chosen', () => {
  const events = fileEvents({
    rows: [ROW, BROKEN, { ...ROW, is_duplicate: true }, { ...ROW, key: 'l', is_duplicate: true }],
  })
  expect(events.map(({ duplicate }) => duplicate)).toEqual(['', '', 'Twice in this file', 'You have this event'])
  expect([...chosenAtFirst(events)]).toEqual([0])
  expect(events[1]).toMatchObject({ draft: null, times: null, source: 'Line 3', errors: ['Start is required.'] })
})

test('an event that is chosen although it is there already is another one, with a key of its own', () => {
  const rows = [ROW, { ...ROW, is_duplicate: true }, { ...ROW, is_duplicate: true }]
  const keys = fileEvents({ rows }).map(({ key }) => key)
  expect([keys[0], new Set(keys).size]).toEqual(['k', 3])
  expect(fileEvents({ rows }).map(({ key }) => key)).toEqual(keys)
})

test.each([
  [{ field: 'starts', message: 'must be a local time' }, 'Start must be a local time.'],
  [{ field: 'tags.0', message: 'must not be empty' }, 'Tags must not be empty.'],
  [
    { field: '', message: 'The event is broken: its last line is missing.' },
    'The event is broken: its last line is missing.',
  ],
  [{ field: 'new_one', message: 'is odd' }, 'new_one is odd.'],
])('%o in words', (error, words) => {
  expect(errorWords(error)).toBe(words)
})

test('the times of a draft are those of its zone', () => {
  const [startsAt, hour] = [Date.UTC(2026, 11, 5, 18, 30), 3_600_000]
  expect(timesOf({ ...DRAFT, ends: '2026-12-06T01:00:00' }, startsAt)).toMatchObject({
    starts: '2026-12-05T19:30',
    ends: '2026-12-06T01:00',
    ends_at: startsAt + 5.5 * hour,
    place: '',
  })
  expect(timesOf(DRAFT, startsAt)).toMatchObject({ ends: '2026-12-05T21:30', ends_at: startsAt + 2 * hour })
})

test('an all-day event without an end lasts a day', () => {
  const draft = { ...DRAFT, starts: '2026-12-05T00:00', all_day: true }
  expect(timesOf(draft, 0)).toMatchObject({ starts: '2026-12-05T00:00', ends: '2026-12-06T00:00', all_day: true })
})

test('a zone that is new to the browser keeps the length of the event', () => {
  const draft = { ...DRAFT, zone: 'Europe/New_City', ends: '2026-12-05T22:30:00' }
  expect(timesOf(draft, 1_000).ends_at).toBe(1_000 + 3 * 3_600_000)
})
