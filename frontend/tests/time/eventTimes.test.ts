import { describe, expect, test } from 'vitest'
import { hasOtherRules, shownMoments, shownOffset, type Times } from '@/time/eventTimes'
import { timeInEventZone, timeSpan } from '@/time/timeText'

const VIENNA = 'Europe/Vienna'
const LONDON = 'Europe/London'
const utc = (text: string): number => Date.parse(`${text}Z`)

/** 19:30 in Vienna. A server whose Vienna stays on summer time derives 17:30 UTC, this browser 18:30. */
const event: Times = {
  starts: '2026-11-27T19:30',
  ends: '2026-11-28T00:30',
  zone: VIENNA,
  starts_at: utc('2026-11-27T17:30'),
  ends_at: utc('2026-11-27T22:30'),
}
const sameRules = { ...event, starts_at: utc('2026-11-27T18:30'), ends_at: utc('2026-11-27T23:30') }

describe('an event whose zone has other rules on the server', () => {
  test('is recognised', () => {
    expect(hasOtherRules(event)).toBe(true)
    expect(hasOtherRules(sameRules)).toBe(false)
    expect(hasOtherRules({ ...event, zone: 'Moon/Tycho' })).toBe(false)
  })

  test('has the local times of its organizer, the right day and the offset of the server', () => {
    const { startsAt, endsAt } = shownMoments(event, VIENNA)
    expect(timeSpan(startsAt, endsAt, VIENNA)).toMatch(/^(19:30|7:30 pm) – Sat 28 Nov (00:30|12:30 am)$/)
    expect(shownOffset(event, VIENNA)).toBe('GMT+2')
    expect(timeInEventZone(event, VIENNA)).toBeNull()
  })

  test('has those beside the moment in the viewer’s zone elsewhere', () => {
    expect(shownMoments(event, LONDON)).toEqual({ startsAt: event.starts_at, endsAt: event.ends_at })
    expect(shownOffset(event, LONDON)).toBe('UTC')
    expect(timeInEventZone(event, LONDON)).toMatch(/^(19:30|7:30 pm) in Vienna$/)
  })
})

test('with the same rules nothing differs', () => {
  expect(shownMoments(sameRules, VIENNA)).toEqual({ startsAt: sameRules.starts_at, endsAt: sameRules.ends_at })
  expect(shownOffset(sameRules, VIENNA)).toBe('GMT+1')
})
