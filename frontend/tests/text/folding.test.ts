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
  const characters = Array.from({ length: 0xd800 }, (_, point) => String.fromCodePoint(point))
  expect(characters.filter((each) => fold(fold(each)) !== fold(each))).toEqual([])
})
