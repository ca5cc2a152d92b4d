import { expect, test } from 'vitest'
import { formatCount, formatNumber } from '@/text/numbers'

test.each([
  [0, '0'],
  [999, '999'],
  [10_008, '10,008'],
])('%i is %s', (number, expected) => expect(formatNumber(number)).toBe(expected))

test.each([
  [formatCount(0, 'event'), '0 events'],
  [formatCount(1, 'event'), '1 event'],
  [formatCount(1, 'person', 'people'), '1 person'],
  [formatCount(10_008, 'person', 'people'), '10,008 people'],
])('%s is %s', (count, expected) => expect(count).toBe(expected))
