import { describe, expect, test } from 'vitest'
import { seatChanges, type Seating } from '@/seats/lights'
import { face } from '../support/items'

describe('changes of a row', () => {
  const seating = (names: string[], change: Partial<Seating> = {}): Seating => ({
    going: names.length,
    waiting: 0,
    faces: names.map((name) => face(name)),
    newest: [],
    ...change,
  })
  /** A crowd of which the item names only the first person and the last ones. */
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
