import { describe, expect, test } from 'vitest'
import { APART, type Act, type Standing } from '@/attendance/standing'
import { answerOf, freeSeats, landing, largestParty, type Answer, type Known } from '@/event-page/answer'
import { words } from '@/event-page/words'
import { event } from '../support/items'

const NOW = event().starts_at - 1_000
const GOING: Standing = { status: 'going', party: 2, ahead: 0 }
const WAITING: Standing = { status: 'waitlisted', party: 1, ahead: 2 }
const JOINING: Act = { is: 'join', party: 1 }
const FULL = { code: 'event-full', detail: 'No seats are left.' }

function known(change: Partial<Known> = {}): Known {
  return { event: event(), standing: APART, pending: undefined, refused: undefined, party: 1, now: NOW, ...change }
}

const full = event({ going: 4 })
const fullWithLine = event({ going: 4, waiting: 3 })
const over = { now: event().ends_at }

const TABLE: [string, Partial<Known>, Answer][] = [
  ['joinable', {}, { is: 'joinable', free: 4 }],
  ['joinable without a limit', { event: event({ capacity: null, going: 90 }) }, { is: 'joinable', free: null }],
  ['with guests who fit', { party: 3 }, { is: 'with-guests', party: 3, free: 4, lands: 'seats' }],
  [
    'with guests who would wait',
    { event: event({ going: 2 }), party: 3 },
    { is: 'with-guests', party: 3, free: 2, lands: 'waitlist' },
  ],
  [
    'with guests, no waitlist',
    { event: event({ going: 2, waitlist: false }), party: 3 },
    { is: 'with-guests', party: 3, free: 2, lands: 'nowhere' },
  ],
  ['full, nobody waits', { event: full }, { is: 'full', waitlist: true, ahead: 0, party: 1 }],
  ['full, a line', { event: fullWithLine, party: 2 }, { is: 'full', waitlist: true, ahead: 3, party: 2 }],
  [
    'full, no waitlist',
    { event: event({ going: 4, waitlist: false }) },
    { is: 'full', waitlist: false, ahead: 0, party: 1 },
  ],
  ['going', { standing: GOING }, { is: 'going', party: 2 }],
  ['going to a full event', { event: full, standing: GOING }, { is: 'going', party: 2 }],
  ['waiting, third in line', { event: fullWithLine, standing: WAITING }, { is: 'waiting', party: 1, number: 3 }],
  [
    'waiting, place not known yet',
    { standing: { ...WAITING, ahead: null } },
    { is: 'waiting', party: 1, number: null },
  ],
  ['saving a join: no seat before the server gave it', { pending: JOINING }, { is: 'saving', act: 'join' }],
  ['saving an unattend', { standing: GOING, pending: { is: 'unattend' } }, { is: 'saving', act: 'unattend' }],
  ['saving goes before an old refusal', { pending: JOINING, refused: FULL }, { is: 'saving', act: 'join' }],
  [
    'refused, and full now',
    { event: full, refused: FULL },
    { is: 'refused', why: FULL.detail, code: FULL.code, then: { is: 'full', waitlist: true, ahead: 0, party: 1 } },
  ],
  [
    'refused, and still going',
    { standing: GOING, refused: FULL },
    { is: 'refused', why: FULL.detail, code: FULL.code, then: { is: 'going', party: 2 } },
  ],
  ['cancelled', { event: event({ status: 'cancelled' }) }, { is: 'cancelled', was: false }],
  [
    'cancelled while going, saving and refused',
    { event: event({ status: 'cancelled' }), standing: GOING, pending: JOINING, refused: FULL },
    { is: 'cancelled', was: true },
  ],
  ['ended', over, { is: 'ended', went: false }],
  ['ended, was there', { ...over, standing: GOING }, { is: 'ended', went: true }],
  ['ended while waiting', { ...over, standing: WAITING }, { is: 'ended', went: false }],
  ['ended while saving', { ...over, pending: JOINING }, { is: 'ended', went: false }],
  ['cancelled and ended', { ...over, event: event({ status: 'cancelled' }) }, { is: 'cancelled', was: false }],
]

describe('the answer box', () => {
  test.each(TABLE)('%s', (_, change, expected) => {
    expect(answerOf(known(change))).toEqual(expected)
  })

  test('it ends in the very millisecond', () => {
    expect(answerOf(known({ now: event().ends_at - 1 })).is).toBe('joinable')
    expect(answerOf(known({ now: event().ends_at })).is).toBe('ended')
  })
})

describe('what it says', () => {
  test.each(TABLE)('%s: short, and without an exclamation mark', (_, change) => {
    const { head, text } = words(answerOf(known(change)))
    expect(head.length).toBeGreaterThan(0)
    expect(`${head} ${text}`).not.toContain('!')
    expect(`${head} ${text}`).not.toMatch(/undefined|null|NaN/)
  })

  test('a refusal says why, and what is true now', () => {
    const refused = answerOf(
      known({ event: full, refused: { code: 'event-full', detail: 'That was the last seat a moment ago.' } }),
    )
    expect(words(refused)).toEqual({
      head: 'That was the last seat a moment ago.',
      text: 'All seats are taken. Nobody waits yet: you would be first in line.',
    })
  })

  test('the number in line counts from one', () => {
    expect(words({ is: 'waiting', party: 1, number: 3 }).head).toBe('You are number 3 in line')
  })
})

describe('seats', () => {
  test('more going than seats leaves none, not fewer', () => {
    expect(freeSeats({ capacity: 2, going: 5 })).toBe(0)
  })

  test('a party larger than the event fits nowhere, and can not be chosen', () => {
    expect(landing(event({ capacity: 2 }), 3)).toBe('nowhere')
    expect(largestParty(event({ capacity: 2 }), 10)).toBe(2)
    expect(largestParty(event({ capacity: null }), 10)).toBe(10)
  })
})
