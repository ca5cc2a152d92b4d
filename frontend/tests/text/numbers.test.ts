import { expect, test } from 'vitest'
import { formatNumber } from '@/text/numbers'

test.each([
  [0, '0'],
  [999, '999'],
  [10_008, '10,008'],
])('%i is %s', (number, expected) => expect(formatNumber(number)).toBe(expected))
