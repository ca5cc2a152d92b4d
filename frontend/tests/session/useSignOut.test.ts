import { describe, expect, test } from 'vitest'
import { ownCounts } from '@/session/ownCounts'
import { lossWords, returnWords } from '@/session/useSignOut'
import { account, mine, user } from '../support/items'

const FINAL = 'You have no way back, so this is the end of \u2068Ada\u2069 here: the same name later is a new guest.'

describe('the losses', () => {
  test.each([
    ['nothing but the name', 0, 0, FINAL],
    ['an event', 1, 0, `${FINAL} You organize 1 event, and no one will be able to edit it or call it off.`],
    [
      'events and seats',
      2,
      1,
      `${FINAL} You organize 2 events, and no one will be able to edit them or call them off. You have a seat at 1 event and won't be able to give it up.`,
    ],
  ])('%s', (_, organizes, attends, expected) => {
    expect(lossWords('Ada', { organizes, attends })).toBe(expected)
  })
})

test('the counts are those of the user, who has none before the view has loaded', () => {
  expect(ownCounts([mine(), user({ organizes: 1_800, attends: 3 })])).toMatchObject({ organizes: 1_800, attends: 3 })
  expect(ownCounts([])).toEqual({ organizes: 0, attends: 0 })
})

test.each([
  ['a way back', { recovery: true }, 0, 'You can come back in one of the ways that you set up.'],
  ['another device', {}, 1, 'You stay signed in on 1 other device. That is your only way back.'],
])('a person with %s comes back', (_, change, others, words) => {
  expect(returnWords(account(change), others)).toBe(words)
})
