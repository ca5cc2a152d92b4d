import { describe, expect, test } from 'vitest'
import { dayRange, daysOf, daysOnCard, fullDays, shortDays } from '@/time/allDay'
import { dateTimeOf, hasOtherRules, shownMoments, type Times } from '@/time/eventTimes'
import { localDay } from '@/time/zones'

const NOW = Date.UTC(2026, 10, 29, 12)

test('the end of an all-day event is the midnight after its last day', () => {
  expect(daysOf({ starts: '2026-12-05T00:00', ends: '2026-12-06T00:00' })).toEqual({
    first: '2026-12-05',
    last: '2026-12-05',
  })
  expect(daysOf({ starts: '2026-12-31T00:00', ends: '2027-01-02T00:00' })).toEqual({
    first: '2026-12-31',
    last: '2027-01-01',
  })
})

describe('days as texts', () => {
  test.each([
    ['2026-12-05', '2026-12-05', 'Saturday 5 December', 'Sat 5 Dec', 'Sat 5 Dec', 'All day'],
    ['2026-12-05', '2026-12-06', 'Saturday 5 – Sunday 6 December', 'Sat 5 – Sun 6 Dec', 'Sat 5 – Sun 6 Dec', null],
    [
      '2026-11-30',
      '2026-12-01',
      'Monday 30 November – Tuesday 1 December',
      'Mon 30 Nov – Tue 1 Dec',
      'Mon 30 Nov – Tue 1 Dec',
      null,
    ],
    ['2027-01-30', '2027-01-30', 'Saturday 30 January 2027', 'Sat 30 Jan 2027', 'Sat 30 Jan', 'All day'],
    [
      '2027-01-30',
      '2027-02-01',
      'Saturday 30 January – Monday 1 February 2027',
      'Sat 30 Jan – Mon 1 Feb 2027',
      'Sat 30 Jan – Mon 1 Feb',
      null,
    ],
    [
      '2026-12-31',
      '2027-01-01',
      'Thursday 31 December – Friday 1 January 2027',
      'Thu 31 Dec – Fri 1 Jan 2027',
      'Thu 31 Dec – Fri 1 Jan',
      null,
    ],
    [
      '2027-12-31',
      '2028-01-01',
      'Friday 31 December 2027 – Saturday 1 January 2028',
      'Fri 31 Dec 2027 – Sat 1 Jan 2028',
      'Fri 31 Dec – Sat 1 Jan',
      null,
    ],
  ])('from %s to %s', (first, last, full, short, range, onCard) => {
    const days = { first, last }
    expect([fullDays(days, NOW), shortDays(days, NOW), dayRange(days)]).toEqual([full, short, range])
    expect(daysOnCard(days)).toBe(onCard ?? range)
  })
})

describe('an all-day event of another zone', () => {
  const inTokyo: Times = {
    starts: '2026-12-05T00:00',
    ends: '2026-12-07T00:00',
    zone: 'Asia/Tokyo',
    starts_at: Date.parse('2026-12-04T15:00Z'),
    ends_at: Date.parse('2026-12-06T15:00Z'),
    all_day: true,
  }

  test.each(['Asia/Tokyo', 'Europe/Vienna', 'America/Los_Angeles', 'Pacific/Kiritimati', 'Pacific/Niue', 'UTC'])(
    'has the same days for a viewer in %s',
    (viewer) => {
      const { startsAt, endsAt } = shownMoments(inTokyo, viewer)
      expect([localDay(startsAt, viewer), localDay(endsAt, viewer)]).toEqual(['2026-12-05', '2026-12-07'])
    },
  )

  test('has them also where the viewer’s clocks skip that midnight', () => {
    const cairo = 'Africa/Cairo'
    const event = { ...inTokyo, starts: '2026-04-24T00:00', ends: '2026-04-25T00:00' }
    expect(localDay(shownMoments(event, cairo).startsAt, cairo)).toBe('2026-04-24')
  })

  test('names its first day, and no moment', () => {
    expect(dateTimeOf(inTokyo)).toBe('2026-12-05')
    expect(dateTimeOf({ ...inTokyo, all_day: undefined })).toBe('2026-12-04T15:00:00.000Z')
  })
})

test('a day that begins after the midnight that clocks skip follows no other rules', () => {
  const inCairo: Times = {
    starts: '2026-04-24T00:00',
    ends: '2026-04-25T00:00',
    zone: 'Africa/Cairo',
    starts_at: Date.parse('2026-04-23T22:00Z'),
    ends_at: Date.parse('2026-04-24T21:00Z'),
  }
  expect(hasOtherRules({ ...inCairo, all_day: true })).toBe(false)
  expect(hasOtherRules(inCairo)).toBe(true)
})
