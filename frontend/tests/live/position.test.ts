import { expect, test } from 'vitest'
import { hasReached, parsePosition } from '@/live/position'

test('a position has an epoch and a number', () => {
  expect(parsePosition('znvbm-12')).toEqual({ epoch: 'znvbm', seq: 12 })
  expect(parsePosition('nonsense')).toBeNull()
})

test.each([
  ['e-5', 'e-5', true],
  ['e-6', 'e-5', true],
  ['e-4', 'e-5', false],
  [null, 'e-5', false],
  ['f-1', 'e-5', true],
  ['e-1', null, true],
])('a view at %s has reached %s: %s', (at, wanted, expected) => {
  expect(hasReached(at, wanted)).toBe(expected)
})
