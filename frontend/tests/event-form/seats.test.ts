import { expect, test } from 'vitest'
import { seatsOf } from '@/event-form/seats'

test.each([
  ['', 'en', null],
  [' 12 ', 'en', 12],
  ['1000', 'en', 1000],
  ['1,000', 'en', 1000],
  ['1,000', 'de', 1000],
  ['1.000', 'de', 1000],
  ['1 000', 'fr', 1000],
  ['1\u202f000', 'fr', 1000],
  ['1’000', 'de-CH', 1000],
  ['100,000', 'en', 100_000],
])('%j on a system in %s is %j', (text, locale, seats) => {
  expect(seatsOf(text, locale)).toBe(seats)
})

test.each(['1e3', '0x10', '1.5', '1,5', '1,00', ',100', '1,,000', '1,000 000', '-5', '+5', 'many', 'Infinity', '٣'])(
  '%j is no number of seats',
  (text) => {
    expect(seatsOf(text, 'en')).toBeNaN()
  },
)

test('one and a half is not fifteen where a point separates thousands', () => {
  expect(seatsOf('1.5', 'de')).toBeNaN()
})
