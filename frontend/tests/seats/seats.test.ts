import { describe, expect, test } from 'vitest'
import { happening, type Seating } from '@/seats/lights'
import { columnsOf, dots, initials, seatAt, seatRow, seatWords } from '@/seats/seats'
import { face } from '../support/items'

describe('the row', () => {
  test.each([
    ['some seats free', 3, 5, 0, { as: 'dots', lit: 3, dark: 2, open: false, stack: 0 }],
    ['full, with a line', 5, 5, 2, { as: 'dots', lit: 5, dark: 0, open: false, stack: 2 }],
    ['a long line is a short stack', 5, 5, 9, { as: 'dots', lit: 5, dark: 0, open: false, stack: 3 }],
    ['no limit: it grows with the people', 3, null, 0, { as: 'dots', lit: 3, dark: 0, open: true, stack: 0 }],
    ['40 seats are dots', 0, 40, 0, { as: 'dots', lit: 0, dark: 40, open: false, stack: 0 }],
    ['41 are a bar', 10, 41, 0, { as: 'bar', lit: 10, capacity: 41, share: 10 / 41, stack: 0 }],
    ['so are 41 people without a limit', 41, null, 0, { as: 'bar', lit: 41, capacity: null, share: 1, stack: 0 }],
    ['more people than seats', 6, 5, 0, { as: 'dots', lit: 6, dark: 0, open: false, stack: 0 }],
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

describe('what happens in the row', () => {
  const seating = (names: string[], change: Partial<Seating> = {}): Seating => ({
    going: names.length,
    waiting: 0,
    faces: names.map((name) => face(name)),
    complete: true,
    ...change,
  })

  test('somebody joins: the last seat lights up with their name', () => {
    const { arrivals, departures } = happening(seating(['Ada']), seating(['Ada', 'Ben']))
    expect(arrivals).toEqual([{ seat: 1, face: face('Ben'), promoted: false }])
    expect(departures).toEqual([])
  })

  test('a party lights up where its seats begin', () => {
    const after = { going: 4, waiting: 0, faces: [face('Ada'), face('Ben', 3)], complete: true }
    expect(happening(seating(['Ada']), after).arrivals).toEqual([{ seat: 1, face: face('Ben', 3), promoted: false }])
  })

  test('somebody leaves: a seat goes dark', () => {
    expect(happening(seating(['Ada', 'Ben']), seating(['Ben']))).toEqual({ arrivals: [], departures: [1] })
  })

  test('the waitlist moves up: one goes, another comes from the line', () => {
    const { arrivals } = happening(seating(['Ada'], { waiting: 2 }), seating(['Ben'], { waiting: 1 }))
    expect(arrivals).toEqual([{ seat: 0, face: face('Ben'), promoted: true }])
  })

  test('of a card that shows only the first, whoever slides into them did not arrive', () => {
    const before = seating(['Ada', 'Ben'], { going: 5, complete: false })
    const after = { ...seating(['Ben', 'Cem']), going: 4, complete: false }
    expect(happening(before, after)).toEqual({ arrivals: [], departures: [4] })
  })

  test('an arrival beyond those that a card shows is a light without a name', () => {
    const before = seating(['Ada'], { going: 20, complete: false })
    expect(happening(before, { ...before, going: 21 }).arrivals).toEqual([{ seat: 20, face: null, promoted: false }])
  })

  test('a rush lights up a few, not all', () => {
    const before = seating([], { complete: false })
    expect(happening(before, { ...before, going: 300 }).arrivals).toHaveLength(6)
  })

  test('an edit of the title is no event in the row', () => {
    expect(happening(seating(['Ada']), seating(['Ada']))).toEqual({ arrivals: [], departures: [] })
  })
})
