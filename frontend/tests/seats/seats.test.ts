import { describe, expect, test } from 'vitest'
import { seatChanges, type Seating } from '@/seats/lights'
import { columnsOf, dots, initials, seatAt, seatRow, seatWords } from '@/seats/seats'
import { face } from '../support/items'

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
])('the initials of %s are %s', (name, expected) => {
  expect(initials(name)).toBe(expected)
})

test.each([
  [17, 24, 3, '17 of 24 going, 3 waiting'],
  [17, 24, 0, '17 of 24 going'],
  [0, null, 0, '0 going'],
])('%i going, %s seats, %i waiting', (going, capacity, waiting, expected) => {
  expect(seatWords(going, capacity, waiting)).toBe(expected)
})

describe('changes of a row', () => {
  const seating = (names: string[], change: Partial<Seating> = {}): Seating => ({
    going: names.length,
    waiting: 0,
    faces: names.map((name) => face(name)),
    newest: [],
    ...change,
  })
  /** More people than are told of: the first, and the last of them. */
  const crowd = (going: number, last: string[], change: Partial<Seating> = {}): Seating =>
    seating(['Ada'], { going, newest: last.map((name) => face(name)), ...change })

  test('a join lights the last seat with a name', () => {
    const { arrivals, departures } = seatChanges(seating(['Ada']), seating(['Ada', 'Ben']))
    expect(arrivals).toEqual([{ seat: 1, face: face('Ben'), isPromoted: false }])
    expect(departures).toEqual([])
  })

  test('a party lights its first seat', () => {
    const after = seating(['Ada'], { going: 4, faces: [face('Ada'), face('Ben', 3)] })
    expect(seatChanges(seating(['Ada']), after).arrivals).toEqual([
      { seat: 1, face: face('Ben', 3), isPromoted: false },
    ])
  })

  test('an attendee leaves: a seat becomes free', () => {
    expect(seatChanges(seating(['Ada', 'Ben']), seating(['Ben']))).toEqual({ arrivals: [], departures: [1] })
  })

  test('the waitlist moves up: a seat becomes free, and the next person takes it', () => {
    expect(seatChanges(seating(['Ada'], { waiting: 2 }), seating(['Ben'], { waiting: 1 }))).toEqual({
      departures: [0],
      arrivals: [{ seat: 0, face: face('Ben'), isPromoted: true }],
    })
  })

  test('a join in a crowd has a name too', () => {
    expect(seatChanges(crowd(20, ['X', 'Y', 'Z']), crowd(21, ['Y', 'Z', 'Ben'])).arrivals).toEqual([
      { seat: 20, face: face('Ben'), isPromoted: false },
    ])
  })

  test('the waitlist moves up into a crowd', () => {
    const before = crowd(20, ['X', 'Y', 'Z'], { waiting: 2 })
    expect(seatChanges(before, crowd(20, ['Y', 'Z', 'Ben'], { waiting: 1 }))).toEqual({
      departures: [19],
      arrivals: [{ seat: 19, face: face('Ben'), isPromoted: true }],
    })
  })

  test('a party that leaves the waitlist of a crowd is no promotion', () => {
    const before = crowd(20, ['X', 'Y', 'Z'], { waiting: 2 })
    expect(seatChanges(before, { ...before, waiting: 1 })).toEqual({ arrivals: [], departures: [] })
  })

  test('people who move into the named faces of a crowd are no arrivals', () => {
    expect(seatChanges(crowd(20, ['X', 'Y', 'Z']), crowd(19, ['W', 'X', 'Y']))).toEqual({
      arrivals: [],
      departures: [19],
    })
  })

  test('a rush into a crowd names the last', () => {
    const { arrivals } = seatChanges(crowd(20, ['X', 'Y', 'Z']), crowd(24, ['B', 'C', 'D']))
    expect(arrivals.map(({ seat, face }) => [seat, face?.name])).toEqual([
      [20, undefined],
      [21, 'B'],
      [22, 'C'],
      [23, 'D'],
    ])
  })

  test('behind a long waitlist an arrival is a light without a name', () => {
    expect(seatChanges(crowd(20, []), crowd(21, [])).arrivals).toEqual([{ seat: 20, face: null, isPromoted: false }])
  })

  test('a rush lights up a few, not all', () => {
    expect(seatChanges(seating([]), seating([], { going: 300 })).arrivals).toHaveLength(6)
    expect(seatChanges(seating([], { going: 300 }), seating([])).departures).toHaveLength(6)
  })

  test('an edit of the title is no event in the row', () => {
    expect(seatChanges(seating(['Ada']), seating(['Ada']))).toEqual({ arrivals: [], departures: [] })
  })
})
