import { expect, test } from 'vitest'
import { headingOf, inSections } from '@/event-list/mySections'
import { card, mine } from '../support/items'

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

test('each section is by time; an event that one organizes and attends stands once', () => {
  const cards = [
    card({ id: 'goes', starts_at: 10 }),
    card({ id: 'organizes', starts_at: 20 }),
    card({ id: 'both', starts_at: 30 }),
  ]
  const relations = [
    mine({ event: 'both', organizing: true }),
    mine({ event: 'organizes', organizing: true, ...NO_SEATS }),
    mine({ event: 'goes' }),
  ]
  expect(inSections(cards, relations).map(({ id, section }) => [id, headingOf(section!)])).toEqual([
    ['organizes', 'You organize'],
    ['both', 'You organize'],
    ['goes', "You're going"],
  ])
})
