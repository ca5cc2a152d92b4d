import { describe, expect, test } from 'vitest'
import { handoverWords, promotedParties, tooLargeWords, type WaitingParty } from '@/attendance/waitlist'

const party = (name: string, seats = 1): WaitingParty => ({ user: { id: name, name }, party: seats })
const names = (parties: WaitingParty[]): string[] => parties.map(({ user }) => user.name)

describe('the parties that move up', () => {
  test.each<[string, WaitingParty[], number, string[]]>([
    ['no one waits', [], 3, []],
    ['first come, first served', [party('Ax'), party('Bo'), party('Cy')], 2, ['Ax', 'Bo']],
    [
      'a party that does not fit is passed over',
      [party('Four', 4), party('Bo', 2), party('Cy', 2), party('Di')],
      3,
      ['Bo', 'Di'],
    ],
    ['no party fits', [party('Four', 4)], 3, []],
  ])('%s', (_, waitlist, free, expected) => {
    expect(names(promotedParties(waitlist, free))).toEqual(expected)
  })
})

test.each<[WaitingParty[], number, string]>([
  [[party('Ax')], 1, '\u2068Ax\u2069 gets your seat.'],
  [[party('Ax', 3)], 3, '\u2068Ax\u2069 gets your seats.'],
  [[party('Ax'), party('Bo')], 2, '\u2068Ax\u2069 and \u2068Bo\u2069 get your seats.'],
  [[party('Ax'), party('Bo'), party('Cy')], 3, '\u2068Ax\u2069 and 2 others get your seats.'],
  [[party('Ax')], 3, '\u2068Ax\u2069 gets 1 of your 3 seats.'],
  [[party('Ax', 2)], 1, '\u2068Ax\u2069 gets your seat.'],
])('%j', (next, seats, expected) => {
  expect(handoverWords(next, seats)).toBe(expected)
})

test.each([
  [5, "\u2068Ben\u2069 is waiting for more seats than that, and can't move up unless they ask for fewer."],
  [
    3,
    "\u2068Ben\u2069 and \u2068Cleo\u2069 are waiting for more seats than that, and can't move up unless they ask for fewer.",
  ],
  [6, ''],
  [null, ''],
])('a capacity of %s warns about parties that could never fit', (capacity, words) => {
  const waitlist = [party('Ben', 6), party('Cleo', 4), party('Dora')]
  expect(tooLargeWords(waitlist, capacity)).toBe(words)
})
