import { expect, test } from 'vitest'
import { sliceOf } from '@/event-list/listWindow'
import { headingOf, inSections, windowInSections } from '@/event-list/mySections'
import { card, mine } from '../support/items'

const own = inSections(
  [
    card({ id: 'organized', starts_at: 10 }),
    card({ id: 'soon', starts_at: 20 }),
    card({ id: 'late', starts_at: 90 }),
    card({ id: 'waits', starts_at: 50 }),
  ],
  [
    mine({ event: 'organized', organizing: true }),
    mine({ event: 'soon' }),
    mine({ event: 'late' }),
    mine({ event: 'waits', status: 'waitlisted' }),
  ],
)

const NO_SEATS = { status: null, party: 0, ahead: 0 } as const

test.each([
  ['You organize', { organizing: true }],
  ['You host', { cohost: true }],
  ['You host', { ...NO_SEATS, cohost: true, requested: 2 }],
  ["You're going", { invited: true }],
  ['On the waitlist', { status: 'waitlisted' }],
  ['Invited', { ...NO_SEATS, invited: true, requested: 2 }],
  ['Asked to join', { ...NO_SEATS, requested: 2 }],
] as const)('an event is under "%s" for %o', (heading, relation) => {
  const [own] = inSections([card()], [mine(relation)])
  expect(headingOf(own!.section!)).toBe(heading)
})

test('the sections are in the order of what the viewer has to do with the events', () => {
  const relations = [
    mine({ event: 'asked', ...NO_SEATS, requested: 1 }),
    mine({ event: 'invited', ...NO_SEATS, invited: true }),
    mine({ event: 'waits', status: 'waitlisted' }),
    mine({ event: 'goes' }),
    mine({ event: 'hosted', ...NO_SEATS, cohost: true }),
  ]
  const cards = relations.map(({ event }) => card({ id: event }))
  expect(inSections(cards, relations).map(({ id }) => id)).toEqual(['hosted', 'goes', 'waits', 'invited', 'asked'])
})

test('an unchanged card stays the same object', () => {
  const cards = [card()]
  expect(inSections(cards, [mine()])[0]).toBe(inSections(cards, [mine()])[0])
})

test.each([
  [15, ['soon', 'late', 'waits']],
  [30, ['waits']],
  [60, ['late', 'waits']],
  [91, []],
])('the window of the moment %i begins with the next event in time', (rank, expected) => {
  const window = windowInSections(own, { after: { rank, key: '' } })
  expect(sliceOf(own, window, 'ascending').items.map(({ id }) => id)).toEqual(expected)
})

test('the window before a moment ends with the last event in time', () => {
  const window = windowInSections(own, { before: { rank: 100, key: '' } })
  expect(sliceOf(own, window, 'ascending').items.map(({ id }) => id)).toEqual(['organized', 'soon', 'late'])
})

test('a window that has slid stays as it is', () => {
  const window = { after: { rank: own[1]!.rank, key: own[1]!.key } }
  expect(windowInSections(own, window)).toEqual(window)
  expect(windowInSections(own, {})).toEqual({})
})
