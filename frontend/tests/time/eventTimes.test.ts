import { describe, expect, test } from 'vitest'
import { clockName, clocksOf, hasOtherRules, shownMoments, type Times } from '@/time/eventTimes'
import { shownTimes, timeSpan } from '@/time/timeText'

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
/** The texts of an event online, by whose clock a viewer in `zone` sees it. */
const online = (times: Times, zone: string) => {
  const shown = { ...times, place: '' }
  return shownTimes(shown, clocksOf(shown, zone), 'lead', true)
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
    expect(clockName(event)).toBe('GMT+2')
    expect(online(event, VIENNA)).toEqual({ lead: expect.stringMatching(/ ·\u00a0GMT\+2$/) as string, other: null })
  })

  test('has those beside the moment in the viewer’s zone elsewhere', () => {
    expect(shownMoments(event, LONDON)).toEqual({ startsAt: event.starts_at, endsAt: event.ends_at })
    expect(online(event, LONDON).other).toMatch(/^(19:30|7:30 pm) in Vienna \(GMT\+2\)$/)
  })
})

test('with the same rules nothing differs', () => {
  expect(shownMoments(sameRules, VIENNA)).toEqual({ startsAt: sameRules.starts_at, endsAt: sameRules.ends_at })
  expect(online(sameRules, VIENNA).lead).not.toContain('CET')
})

describe('the name of a clock', () => {
  test.each([
    ['Europe/London', '2026-11-27T19:30', 0, 'GMT'],
    ['Europe/London', '2026-07-27T19:30', 1, 'BST'],
    [VIENNA, '2026-11-27T19:30', 1, 'CET'],
    [VIENNA, '2026-07-27T19:30', 2, 'CEST'],
    ['America/New_York', '2026-11-27T19:30', -5, 'EST'],
    ['Australia/Sydney', '2026-11-27T19:30', 11, 'AEDT'],
    ['Asia/Kolkata', '2026-11-27T19:30', 5.5, 'IST'],
    ['Asia/Tokyo', '2026-11-27T19:30', 9, 'GMT+9'],
    ['UTC', '2026-11-27T19:30', 0, 'UTC'],
    ['Moon/Tycho', '2026-11-27T19:30', 3, 'GMT+3'],
  ])('in %s at %s', (zone, starts, hours, expected) => {
    const startsAt = utc(starts) - hours * 3_600_000
    expect(clockName({ ...event, starts, zone, starts_at: startsAt })).toBe(expected)
  })
})

describe('the clock that leads', () => {
  const inLondon: Times = {
    starts: '2026-11-27T23:30',
    ends: '2026-11-28T01:00',
    zone: LONDON,
    starts_at: utc('2026-11-27T23:30'),
    ends_at: utc('2026-11-28T01:00'),
  }
  const shown = (place: string, viewer: string, dayOf: 'lead' | 'viewer') => {
    const it = { ...inLondon, place }
    const { lead, other } = shownTimes(it, clocksOf(it, viewer), dayOf)
    return [lead, other].map((text) =>
      text
        ?.replace('11:30 pm', '23:30')
        .replace('12:30 am', '00:30')
        .replace(/0?1:00 am/, '01:00'),
    )
  }

  test('is that of the place where people meet', () => {
    expect(shown('The Depot', VIENNA, 'lead')).toEqual([
      '23:30 – Sat 28 Nov 01:00 in London',
      'Sat 28 Nov 00:30 your time',
    ])
  })

  test('names its day beside the date of the viewer', () => {
    expect(shown('The Depot', VIENNA, 'viewer')).toEqual([
      'Fri 27 Nov 23:30 – Sat 28 Nov 01:00 in London',
      '00:30 your time',
    ])
  })

  test('is that of the viewer online', () => {
    const [lead, other] = shown('', VIENNA, 'viewer')
    expect(lead).toMatch(/^00:30 – (02:00|2:00 am)$/)
    expect(other).toBe('Fri 27 Nov 23:30 in London')
  })

  test('stands alone where both show the same', () => {
    expect(shown('The Depot', LONDON, 'lead')).toEqual(['23:30 – Sat 28 Nov 01:00', undefined])
    expect(shown('The Depot', 'Europe/Lisbon', 'lead')).toEqual(['23:30 – Sat 28 Nov 01:00', undefined])
  })

  test('has its name where that says something', () => {
    const it = { ...inLondon, place: 'The Depot' }
    expect(shownTimes(it, clocksOf(it, LONDON), 'lead', true).lead).not.toContain('GMT')
    expect(shownTimes(it, clocksOf(it, VIENNA), 'lead', true).lead).toMatch(/ in London \(GMT\)$/)
    const atSea = { ...it, zone: 'UTC' }
    expect(shownTimes(atSea, clocksOf(atSea, 'UTC'), 'lead', true).lead).toMatch(/ ·\u00a0UTC$/)
    expect(shownTimes(atSea, clocksOf(atSea, VIENNA), 'lead', true).lead).toMatch(/ UTC$/)
  })
})
