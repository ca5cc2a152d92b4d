import { expect, test } from 'vitest'
import { seatWords, tenseOf, type Tense } from '@/seats/seatWords'
import { event } from '../support/items'

test.each<[number, number | null, number, Tense, string]>([
  [17, 24, 3, 'now', '17 of 24 going, 3 waiting'],
  [17, 24, 0, 'now', '17 of 24 going'],
  [0, null, 0, 'now', '0 going'],
  [1234, 100_000, 1500, 'now', '1,234 of 100,000 going, 1,500 waiting'],
  [6, 10, 2, 'ended', '6 of 10 went'],
  [6, null, 0, 'ended', '6 went'],
  [6, 10, 2, 'cancelled', '6 of 10 were going'],
  [1, null, 0, 'cancelled', '1 was going'],
])('%i going, %s seats, %i waiting, %s', (going, capacity, waiting, tense, expected) => {
  expect(seatWords({ going, capacity, waiting }, tense)).toBe(expected)
})

test('an event has ended at its end, and called off stays called off', () => {
  const { ends_at: end } = event()
  expect(tenseOf(event(), end - 1)).toBe('now')
  expect(tenseOf(event(), end)).toBe('ended')
  expect(tenseOf(event({ status: 'cancelled' }), end)).toBe('cancelled')
})
