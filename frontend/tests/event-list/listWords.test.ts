import { expect, test } from 'vitest'
import { absenceWords, directionOf, pillWords } from '@/event-list/listWords'

const at = (...ranks: number[]): { rank: number; key: string }[] => ranks.map((rank) => ({ rank, key: 'k' }))
const [first, last] = at(10, 20) as [{ rank: number; key: string }, { rank: number; key: string }]

test.each([
  ['ascending', [1, 9], 'above'],
  ['ascending', [21, 30], 'below'],
  ['ascending', [9, 21], 'here'],
  ['ascending', [15], 'here'],
  ['ascending', [], 'here'],
] as const)('in an %s list, %o is %s', (order, ranks, expected) => {
  expect(directionOf(at(...ranks), { first, last }, order)).toBe(expected)
})

test('the past goes the other way, and without a screen nothing is above', () => {
  expect(directionOf(at(30), { first: last, last: first }, 'descending')).toBe('above')
  expect(directionOf(at(1), { first: last, last: first }, 'descending')).toBe('below')
  expect(directionOf(at(1), null, 'ascending')).toBe('here')
})

test.each([
  [0, false, 'here', null],
  [0, true, 'above', 'Show changes'],
  [1, true, 'here', '1 new event'],
  [2, true, 'above', '2 new events above'],
  [1200, true, 'below', '1,200 new events below'],
] as const)('%i new events, changes: %s, %s', (count, isOutdated, direction, expected) => {
  expect(pillWords(count, isOutdated, direction)).toBe(expected)
})

test.each([
  ['ascending', false, 'Nothing on Monday. The next events are on Friday.'],
  ['ascending', true, 'Nothing from Monday on. The last events are on Friday.'],
  ['descending', false, 'Nothing on Monday. The last events before it are on Friday.'],
  ['descending', true, 'Nothing up to Monday. The first events are on Friday.'],
] as const)('a jump in an %s list (to its end: %s)', (order, isLast, expected) => {
  expect(absenceWords('Monday', 'Friday', order, isLast)).toBe(expected)
})
