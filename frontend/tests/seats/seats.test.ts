import { describe, expect, test } from 'vitest'
import { columnsOf, dots, initials, seatAt, seatRow } from '@/seats/seats'

describe('the row', () => {
  test.each([
    ['some seats free', 3, 5, 0, { as: 'dots', taken: 3, free: 2, open: false, stack: 0, rest: 0 }],
    ['full, with a line', 5, 5, 2, { as: 'dots', taken: 5, free: 0, open: false, stack: 2, rest: 0 }],
    ['a long line is a short stack', 5, 5, 9, { as: 'dots', taken: 5, free: 0, open: false, stack: 3, rest: 6 }],
    [
      'no limit: it grows with the people',
      3,
      null,
      0,
      { as: 'dots', taken: 3, free: 0, open: true, stack: 0, rest: 0 },
    ],
    ['40 seats are dots', 0, 40, 0, { as: 'dots', taken: 0, free: 40, open: false, stack: 0, rest: 0 }],
    ['41 are a bar', 10, 41, 0, { as: 'bar', taken: 10, capacity: 41, share: 10 / 41, stack: 0, rest: 0 }],
    [
      'so are 41 people without a limit',
      41,
      null,
      0,
      { as: 'bar', taken: 41, capacity: null, share: 1, stack: 0, rest: 0 },
    ],
    ['more people than seats', 6, 5, 0, { as: 'dots', taken: 6, free: 0, open: false, stack: 0, rest: 0 }],
  ])('%s', (_, going, capacity, waiting, expected) => {
    expect(seatRow(going, capacity, waiting)).toEqual(expected)
  })

  test('a row of many breaks into lines of one length; one that grows fills its lines', () => {
    expect([1, 20, 24, 40].map((seats) => columnsOf(seats, false))).toEqual([1, 20, 12, 20])
    expect([3, 21].map((seats) => columnsOf(seats, true))).toEqual([3, 20])
    expect(seatAt(11, 12)).toEqual({ column: 11, line: 0 })
    expect(seatAt(12, 12)).toEqual({ column: 0, line: 1 })
    expect(dots(19, 21, 20, 10)).toBe('M195 5h0M5 15h0')
  })
})

test.each([
  ['Ada Lovelace', 'AL'],
  ['  ada  ', 'A'],
  ['Jean-Luc van der Berg', 'JB'],
  ['👩‍🚀 Nova', '👩‍🚀N'],
  ['ßeta', 'SS'],
  ['\u2068Ada Lovelace\u2069', 'AL'],
])('the initials of %s are %s', (name, expected) => {
  expect(initials(name)).toBe(expected)
})
