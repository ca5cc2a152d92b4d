import { describe, expect, test } from 'vitest'
import { NOT_ATTENDING, type AttendanceAction, type Standing } from '@/attendance/standing'
import { answerState, type AnswerInput, type AnswerState } from '@/event-page/answerState'
import { answerWords } from '@/event-page/answerWords'
import { freeSeats, outcomeOf, partyLimit, type PartyLimit } from '@/seats/capacity'
import { event } from '../support/items'

const NOW = event().starts_at - 1_000
const GOING: Standing = { status: 'going', party: 2, ahead: 0 }
const WAITING: Standing = { status: 'waitlisted', party: 1, ahead: 2 }
const JOINING: AttendanceAction = { is: 'join', party: 1 }
const FULL = { detail: 'No seats are left.' }

function known(change: Partial<AnswerInput> = {}): AnswerInput {
  return {
    event: event(),
    standing: NOT_ATTENDING,
    pending: undefined,
    refused: undefined,
    party: 1,
    now: NOW,
    ...change,
  }
}

const full = event({ going: 4 })
const fullWithLine = event({ going: 4, waiting: 3 })
const over = { now: event().ends_at }

const TABLE: [string, Partial<AnswerInput>, AnswerState][] = [
  [
    'waiting for more seats than the event has now',
    { event: event({ capacity: 5 }), standing: { status: 'waitlisted', party: 6, ahead: 0 } },
    { is: 'too-large', party: 6, capacity: 5 },
  ],
  [
    'waiting for all seats of the event',
    { event: event({ capacity: 5, going: 1 }), standing: { status: 'waitlisted', party: 5, ahead: 0 } },
    { is: 'waiting', party: 5, number: 1, ahead: { groups: 0, people: 0 } },
  ],
  ['joinable', {}, { is: 'joinable', free: 4, isOrganizer: false }],
  [
    'joinable without a limit',
    { event: event({ capacity: null, going: 90 }) },
    { is: 'joinable', free: null, isOrganizer: false },
  ],
  ['with guests, and enough seats', { party: 3 }, { is: 'with-guests', party: 3, free: 4, outcome: 'seats' }],
  [
    'with guests, who would wait',
    { event: event({ going: 2 }), party: 3 },
    { is: 'with-guests', party: 3, free: 2, outcome: 'waitlist' },
  ],
  [
    'with guests, no waitlist',
    { event: event({ going: 2, waitlist: false }), party: 3 },
    { is: 'with-guests', party: 3, free: 2, outcome: 'none' },
  ],
  [
    'full, and no one waits',
    { event: full },
    { is: 'full', waitlist: true, waiting: { groups: 0, people: 0 }, party: 1 },
  ],
  [
    'full, a line',
    { event: fullWithLine, party: 2 },
    { is: 'full', waitlist: true, waiting: { groups: null, people: 3 }, party: 2 },
  ],
  [
    'full, no waitlist',
    { event: event({ going: 4, waitlist: false }) },
    { is: 'full', waitlist: false, waiting: { groups: 0, people: 0 }, party: 1 },
  ],
  ['going', { standing: GOING }, { is: 'going', party: 2 }],
  ['going to a full event', { event: full, standing: GOING }, { is: 'going', party: 2 }],
  [
    'waiting, third in line',
    { event: fullWithLine, standing: WAITING },
    { is: 'waiting', party: 1, number: 3, ahead: { groups: 2, people: null } },
  ],
  [
    'waiting, place not known yet',
    { standing: { ...WAITING, ahead: null } },
    { is: 'waiting', party: 1, number: null, ahead: { groups: null, people: null } },
  ],
  ['saving a join: no seat before the server confirms it', { pending: JOINING }, { is: 'saving', action: 'join' }],
  ['saving an unattend', { standing: GOING, pending: { is: 'unattend' } }, { is: 'saving', action: 'unattend' }],
  ['saving precedes an old refusal', { pending: JOINING, refused: FULL }, { is: 'saving', action: 'join' }],
  [
    'refused, and full now',
    { event: full, refused: FULL },
    {
      is: 'refused',
      why: FULL.detail,
      then: { is: 'full', waitlist: true, waiting: { groups: 0, people: 0 }, party: 1 },
    },
  ],
  [
    'refused, and still going',
    { standing: GOING, refused: FULL },
    { is: 'refused', why: FULL.detail, then: { is: 'going', party: 2 } },
  ],
  ['cancelled', { event: event({ status: 'cancelled' }) }, { is: 'cancelled', attended: false, isOrganizer: false }],
  [
    'cancelled by the viewer',
    { event: event({ status: 'cancelled' }), isOrganizer: true },
    { is: 'cancelled', attended: false, isOrganizer: true },
  ],
  [
    'cancelled while going, saving and refused',
    { event: event({ status: 'cancelled' }), standing: GOING, pending: JOINING, refused: FULL },
    { is: 'cancelled', attended: true, isOrganizer: false },
  ],
  ['ended', over, { is: 'ended', hadSeat: false }],
  ['ended, was there', { ...over, standing: GOING }, { is: 'ended', hadSeat: true }],
  ['ended while waiting', { ...over, standing: WAITING }, { is: 'ended', hadSeat: false }],
  ['ended while saving', { ...over, pending: JOINING }, { is: 'ended', hadSeat: false }],
  [
    'cancelled and ended',
    { ...over, event: event({ status: 'cancelled' }) },
    { is: 'cancelled', attended: false, isOrganizer: false },
  ],
]

describe('the answer box', () => {
  test.each(TABLE)('%s', (_, change, expected) => {
    expect(answerState(known(change))).toEqual(expected)
  })

  test('it ends in the very millisecond', () => {
    expect(answerState(known({ now: event().ends_at - 1 })).is).toBe('joinable')
    expect(answerState(known({ now: event().ends_at })).is).toBe('ended')
  })
})

describe('the texts', () => {
  test.each(TABLE)('%s: short, and without an exclamation mark', (_, change) => {
    const { head, text } = answerWords(answerState(known(change)))
    expect(head.length).toBeGreaterThan(0)
    expect(`${head} ${text}`).not.toContain('!')
    expect(`${head} ${text}`).not.toMatch(/undefined|null|NaN/)
  })

  test('after a refusal the headline is the current state, and the reason stands below', () => {
    const refused = answerState(known({ event: full, refused: { detail: 'Someone just took the last seat.' } }))
    expect(answerWords(refused)).toEqual({
      head: 'All seats are taken',
      text: "No one is waiting yet. You'd be first.",
      refusal: 'Someone just took the last seat.',
    })
  })

  test('an organizer is not asked', () => {
    expect(answerWords(answerState(known({ isOrganizer: true }))).head).toBe('You have no seat yet')
    expect(answerWords(answerState(known({ isOrganizer: true, event: event({ status: 'cancelled' }) }))).text).toBe(
      'You called this off.',
    )
  })
})

describe('seats', () => {
  test('more going than seats leaves none, not fewer', () => {
    expect(freeSeats({ capacity: 2, going: 5 })).toBe(0)
  })

  test('a party larger than the event fits nowhere', () => {
    expect(outcomeOf(event({ capacity: 2 }), 3)).toBe('none')
  })

  test.each<[string, Parameters<typeof event>[0], Standing, PartyLimit]>([
    ['no limit', { capacity: null }, NOT_ATTENDING, { most: 10, because: 'rules' }],
    ['a small event', { capacity: 2 }, NOT_ATTENDING, { most: 2, because: 'size' }],
    ['some are free, and the rest could wait', { going: 3 }, NOT_ATTENDING, { most: 4, because: 'size' }],
    ['some are free, no waitlist', { going: 3, waitlist: false }, NOT_ATTENDING, { most: 1, because: 'taken' }],
    ['full, no waitlist', { going: 4, waitlist: false }, NOT_ATTENDING, { most: 1, because: 'taken' }],
    ['going, and full', { going: 4 }, GOING, { most: 2, because: 'taken' }],
    ['going, and one is free', { going: 3 }, GOING, { most: 3, because: 'taken' }],
    ['going, and all others are free', { going: 2 }, GOING, { most: 4, because: 'size' }],
    ['waiting', { going: 4, waiting: 1 }, WAITING, { most: 4, because: 'size' }],
    ['more going than seats', { capacity: 1, going: 2 }, GOING, { most: 2, because: 'size' }],
  ])('the largest party: %s', (_, change, standing, expected) => {
    expect(partyLimit(event(change), standing, 10)).toEqual(expected)
  })
})
