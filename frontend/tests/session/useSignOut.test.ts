import { describe, expect, test } from 'vitest'
import { lossWords, returnWords } from '@/session/useSignOut'
import { account, card, mine, STARTS_AT } from '../support/items'

const FINAL = 'You have no way back, so this is the end of \u2068Ada\u2069 here: the same name later is a new guest.'

describe('the losses', () => {
  const own = (id: string, change: Parameters<typeof mine>[0], its: Parameters<typeof card>[0] = {}) => [
    card({ id, ...its }),
    mine({ event: id, status: null, party: 0, ...change }),
  ]

  test.each([
    ['nothing but the name', [], FINAL],
    [
      'an event',
      own('a', { organizing: true }),
      `${FINAL} You organize 1 event, and no one will be able to edit it or call it off.`,
    ],
    [
      'events and seats',
      [...own('a', { organizing: true, status: 'going' }), ...own('b', { organizing: true })],
      `${FINAL} You organize 2 events, and no one will be able to edit them or call them off. You have a seat at 1 event and won't be able to give it up.`,
    ],
    ['without called-off events', own('a', { organizing: true }, { status: 'cancelled' }), FINAL],
    ['without past events', own('a', { status: 'going' }, { ends_at: STARTS_AT - 2 }), FINAL],
  ])('%s', (_, items, expected) => {
    expect(lossWords('Ada', items, STARTS_AT - 1)).toBe(expected)
  })
})

test.each([
  ['a way back', { recovery: true }, 0, 'You can come back in one of the ways that you set up.'],
  ['another device', {}, 1, 'You stay signed in on 1 other device. That is your only way back.'],
])('a person with %s comes back', (_, change, others, words) => {
  expect(returnWords(account(change), others)).toBe(words)
})
