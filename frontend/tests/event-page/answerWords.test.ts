import { expect, test } from 'vitest'
import { NOT_ATTENDING, type Standing } from '@/attendance/standing'
import { answerState, type AnswerInput, type AnswerState } from '@/event-page/answerState'
import { answerWords, limitWords } from '@/event-page/answerWords'
import type { PartyLimit } from '@/seats/capacity'
import { event } from '../support/items'

function known(change: Partial<AnswerInput>): AnswerInput {
  const now = event().starts_at - 1_000
  return { event: event(), standing: NOT_ATTENDING, pending: undefined, refused: undefined, party: 1, now, ...change }
}

test.each<[string, AnswerState, number, PartyLimit, string]>([
  ['more can be added', { is: 'going', party: 1 }, 1, { most: 3, because: 'taken' }, ''],
  ['no seat is free', { is: 'going', party: 1 }, 1, { most: 1, because: 'taken' }, 'There are no more seats to add.'],
  ['the rules', { is: 'going', party: 10 }, 10, { most: 10, because: 'rules' }, 'A group can have up to 10 seats.'],
  ['the size', { is: 'going', party: 4 }, 4, { most: 4, because: 'size' }, 'The event has 4 seats in all.'],
  ['one seat', { is: 'going', party: 1 }, 1, { most: 1, because: 'size' }, ''],
])('why there cannot be more: %s', (_, state, party, limit, expected) => {
  expect(limitWords(state, party, limit)).toBe(expected)
})

/** So many groups of two people, and then single people. */
function waitlistOf(groups: number, people: number): { party: number }[] {
  return Array.from({ length: groups }, (_, index) => ({ party: index < people - groups ? 2 : 1 }))
}

test.each([
  [0, 0, "No one is waiting yet. You'd be first."],
  [1, 1, '1 person is waiting.'],
  [3, 3, '3 people are waiting.'],
  [6, 4, '4 groups (6 people) are waiting.'],
  [2, 1, '1 group (2 people) is waiting.'],
])('%i people in %s groups: %s', (waiting, groups, text) => {
  const state = answerState(known({ event: event({ going: 4, waiting }), waitlist: waitlistOf(groups, waiting) }))
  expect(answerWords(state).text).toBe(text)
})

test('of a waitlist that goes on beyond what is loaded, the people are counted', () => {
  const state = answerState(known({ event: event({ going: 4, waiting: 2500 }), waitlist: waitlistOf(100, 100) }))
  expect(answerWords(state).text).toBe('2,500 people are waiting.')
})

test.each([
  [0, [], "You're number 1 on the waitlist", "You're next. You move up as soon as a seat is free."],
  [
    2,
    [1, 1, 1],
    "You're number 3 on the waitlist",
    '2 people are ahead of you. You move up as soon as a seat is free.',
  ],
  [
    2,
    [1, 4, 1],
    "You're number 3 on the waitlist",
    '2 groups (5 people) are ahead of you. You move up as soon as a seat is free.',
  ],
  [
    1,
    [4, 1],
    "You're number 2 on the waitlist",
    '1 group (4 people) is ahead of you. You move up as soon as a seat is free.',
  ],
  [
    1200,
    [1],
    "You're number 1,201 on the waitlist",
    '1,200 groups are ahead of you. You move up as soon as a seat is free.',
  ],
])('%i groups ahead on a waitlist of %j: %s', (ahead, parties, head, text) => {
  const waitlist = parties.map((party) => ({ party }))
  const standing: Standing = { status: 'waitlisted', party: 1, ahead }
  const state = answerState(known({ event: event({ going: 4, waiting: 9 }), standing, waitlist }))
  expect(answerWords(state)).toMatchObject({ head, text })
})
