import { expect, test } from 'vitest'
import { addMonths, dayAt, weeksOf } from '@/time/monthGrid'

test('the weeks of a month start on the first day of the week', () => {
  const november = weeksOf('2026-11', 1)
  expect(november).toHaveLength(6)
  expect(november[0]).toEqual([null, null, null, null, null, null, '2026-11-01'])
  expect(november.at(-1)?.[0]).toBe('2026-11-30')
  expect(weeksOf('2026-11', 7)[0]?.[0]).toBe('2026-11-01')
  expect(weeksOf('2026-02', 7)).toHaveLength(4)
})

test.each([
  ['ArrowLeft', false, '2026-11-25'],
  ['ArrowRight', false, '2026-11-27'],
  ['ArrowUp', false, '2026-11-19'],
  ['ArrowDown', false, '2026-12-03'],
  ['Home', false, '2026-11-23'],
  ['End', false, '2026-11-29'],
  ['PageUp', false, '2026-10-26'],
  ['PageDown', false, '2026-12-26'],
  ['PageUp', true, '2025-11-26'],
  ['PageDown', true, '2027-11-26'],
  ['x', false, null],
] as const)('%s with Shift %s leads from Thursday 26 November 2026 to %s', (key, isShift, expected) => {
  expect(dayAt('2026-11-26', key, isShift, 1)).toBe(expected)
})

test('a shorter month ends earlier', () => {
  expect(addMonths('2026-01-31', 1)).toBe('2026-02-28')
  expect(addMonths('2028-02-29', 12)).toBe('2029-02-28')
  expect(addMonths('2026-01-15', -1)).toBe('2025-12-15')
})
