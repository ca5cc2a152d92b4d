import { describe, expect, test } from 'vitest'
import type { News } from '@/news/memory'
import { newsOf, type Absence } from '@/news/newsOf'
import { markWords, newsText } from '@/news/newsWords'
import type { OwnEvent } from '@/news/ownEvents'
import { timeOfDay } from '@/time/timeText'
import { card, STARTS_AT } from '../support/items'

const HOUR = 3_600_000
const VIENNA = 'Europe/Vienna'

function own(change: Partial<OwnEvent> = {}): OwnEvent {
  return { ...card(), standing: 'going', organizing: false, ...change }
}

function news(before: Partial<OwnEvent>, now: Partial<OwnEvent> | { absent: Absence }): News {
  const after = 'absent' in now ? null : own(now)
  const changes = newsOf(own(before), after ?? (now as { absent: Absence }).absent, STARTS_AT - HOUR)
  return { before: own(before), now: after, changes }
}

/** `19:30` and so on, as the system of this test writes it. */
const time = (hour: number): string => timeOfDay(STARTS_AT + (hour - 19) * HOUR, VIENNA)

const later = { starts: '2026-11-27T20:30', starts_at: STARTS_AT + HOUR }
const nextDay = {
  starts: '2026-11-28T19:30',
  starts_at: STARTS_AT + 24 * HOUR,
  ends: '2026-11-28T21:30',
  ends_at: card().ends_at + 24 * HOUR,
}
const longer = { ends: '2026-11-27T22:30', ends_at: card().ends_at + HOUR }

describe('a notice', () => {
  test.each([
    ['another hour', {}, later, `Board games is now ${time(20)} (was ${time(19)}).`],
    ['another day', {}, nextDay, `Board games is now Sat 28 Nov, ${time(19)} (was Fri 27 Nov, ${time(19)}).`],
    ['another end', {}, longer, `Board games is now until ${time(22)} (was until ${time(21)}).`],
    ['the first place', { place: '' }, {}, 'Board games is now at The depot.'],
    ['no place', {}, { place: '' }, 'Board games is no longer at The depot.'],
    ['a link', {}, { link: 'https://a.example' }, 'Board games has a new link.'],
    ['no link', { link: 'https://a.example' }, {}, 'Board games has no link any more.'],
    ['another title', {}, { title: 'Chess', place: '' }, 'Chess is no longer at The depot.'],
    [
      'gone from the waitlist',
      { standing: 'waitlisted' },
      { absent: 'removed' },
      'You were taken off the waitlist for Board games.',
    ],
  ] as const)('%s', (_, before, now, text) => {
    expect(newsText(news(before, now), VIENNA).replaceAll(/[\u2068\u2069]/g, '')).toBe(text)
  })

  test('keeps the direction of names to themselves', () => {
    const text = newsText(news({}, { title: 'לילה טוב!', status: 'cancelled' }), VIENNA)
    expect(text).toBe('\u2068לילה טוב!\u2069 was called off.')
  })
})

test('an event with a place has its own clock, another that of the viewer', () => {
  const london = 'Europe/London'
  expect(markWords(news({}, later), london)).toEqual([{ fact: 'New time', was: `was ${time(19)}` }])
  expect(markWords(news({ place: '' }, { ...later, place: '' }), london)).toEqual([
    { fact: 'New time', was: `was ${time(18)}` },
  ])
})

test('the page says what each fact was', () => {
  expect(markWords(news({ place: 'Room 2', link: '' }, { link: 'https://a.example' }), VIENNA)).toEqual([
    { fact: 'New place', was: 'was Room 2' },
    { fact: 'New link', was: 'there was none' },
  ])
})
