import { expect, test } from 'vitest'
import { matches } from '@/event-list/useMyEvents'
import { fold } from '@/text/folding'
import { card } from '../support/items'
import vectors from '../../../tests/vectors/search.json'

test.each(vectors)('$name: “$query”', ({ query, found, event: { organizer, ...event } }) => {
  const [starts_at, ends_at] = [Date.parse(`${event.starts}Z`), Date.parse(`${event.ends}Z`)]
  expect(matches(card({ ...event, starts_at, ends_at, organizer: { id: 'ada', name: organizer } }), query, '')).toBe(
    found,
  )
})

test('folding twice changes nothing more', () => {
  const points = Array.from({ length: 0x30000 }, (_, point) => point).filter(
    (point) => point < 0xd800 || point > 0xdfff,
  )
  const folded = points.map((point) => fold(String.fromCodePoint(point)))
  expect(folded.filter((text) => fold(text) !== text)).toEqual([])
})
