import { describe, expect, test } from 'vitest'
import { chainStarts, sortPeople, type WindowEnd } from '@/event-page/people'
import { attendee } from '../support/items'

describe('a chain of windows', () => {
  const full = (last: number): WindowEnd => ({ last, hasMore: true })
  const end = (last: number): WindowEnd => ({ last, hasMore: false })

  test.each<[string, (number | null)[], (WindowEnd | null)[], number, (number | null)[]]>([
    ['the first opens at once', [null, null, null], [null, null, null], 1, [0, null, null]],
    ['the next waits for the end of the first', [0, null, null], [null, null, null], 3, [0, null, null]],
    ['the next begins there', [0, null, null], [full(500), null, null], 3, [0, 500, null]],
    ['no more than are wanted', [0, 500, null], [full(500), full(1000), null], 2, [0, 500, null]],
    ['the last person ends it', [0, 500, null], [full(500), end(700), null], 3, [0, 500, null]],
    ['people left the first, which reaches further', [0, 500, null], [full(503), full(1000), null], 2, [0, 500, null]],
    [
      'people moved up into the first, which ends earlier',
      [0, 500, null],
      [full(497), full(1000), null],
      2,
      [0, 497, null],
    ],
    ['a window that loads keeps the others', [0, 500, 1000], [null, full(1000), null], 3, [0, 500, 1000]],
    ['so many left that the first holds everyone', [0, 500, 1000], [end(480), null, null], 3, [0, null, null]],
    ['fewer are wanted', [0, 500, 1000], [full(500), full(1000), end(1200)], 1, [0, null, null]],
  ])('%s', (_, starts, ends, wanted, expected) => {
    expect(chainStarts(starts, ends, wanted)).toEqual(expected)
  })
})

describe('the order', () => {
  const people = [
    attendee('Zoe', { rank: 1, party: 2 }),
    attendee('émile', { rank: 2 }),
    attendee('Guest 10', { rank: 3, party: 2 }),
    attendee('Guest 9', { rank: 4 }),
    attendee('Eve', { rank: 5, party: 3 }),
  ]

  test.each([
    ['joined', ['Zoe', 'émile', 'Guest 10', 'Guest 9', 'Eve']],
    ['name', ['émile', 'Eve', 'Guest 9', 'Guest 10', 'Zoe']],
    ['party', ['Eve', 'Zoe', 'Guest 10', 'émile', 'Guest 9']],
  ] as const)('by %s', (order, names) => {
    expect(sortPeople(people, order).map(({ user }) => user.name)).toEqual(names)
  })
})
