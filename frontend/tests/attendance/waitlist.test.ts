import { describe, expect, test } from 'vitest'
import { handoverWords, promoted, type Waiting } from '@/attendance/waitlist'

const party = (name: string, seats = 1): Waiting => ({ user: { id: name, name }, party: seats })
const names = (line: Waiting[]): string[] => line.map(({ user }) => user.name)

describe('who moves up', () => {
  test.each<[string, Waiting[], number, string[]]>([
    ['nobody waits', [], 3, []],
    ['first come, first served', [party('Ax'), party('Bo'), party('Cy')], 2, ['Ax', 'Bo']],
    [
      'who does not fit is passed over',
      [party('Four', 4), party('Bo', 2), party('Cy', 2), party('Di')],
      3,
      ['Bo', 'Di'],
    ],
    ['nobody fits', [party('Four', 4)], 3, []],
  ])('%s', (_, line, free, expected) => {
    expect(names(promoted(line, free))).toEqual(expected)
  })
})

test.each<[Waiting[], number, string]>([
  [[party('Ax')], 1, 'Ax gets your seat.'],
  [[party('Ax', 3)], 3, 'Ax gets your seats.'],
  [[party('Ax'), party('Bo')], 2, 'Ax and Bo get your seats.'],
  [[party('Ax'), party('Bo'), party('Cy')], 3, 'Ax and 2 others get your seats.'],
  [[party('Ax')], 3, 'Ax gets 1 of your 3 seats.'],
  [[party('Ax', 2)], 1, 'Ax gets your seat.'],
])('%j', (next, seats, expected) => {
  expect(handoverWords(next, seats)).toBe(expected)
})
