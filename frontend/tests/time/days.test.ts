import { describe, expect, test } from 'vitest'
import { byDay, type Timed } from '@/time/days'
import { addMinutes, localTime, momentOf } from '@/time/zones'

const VIENNA = 'Europe/Vienna'
const NEW_YORK = 'America/New_York'
const utc = (text: string): number => Date.parse(`${text}Z`)

describe('events by day', () => {
  const HOUR = 3_600_000
  const on = (starts: string, hours = 2) => {
    const at = utc(starts)
    return { starts_at: at, ends_at: at + hours * HOUR, day_at: at }
  }
  const labels = (zone: string, now: string, ...events: Timed[]): string[] =>
    byDay(events, (event) => event, zone, utc(now)).map(({ label }) => label)

  test('Today, Tonight, Tomorrow, and then the day', () => {
    const now = '2026-11-22T09:00'
    expect(labels(VIENNA, now, on('2026-11-22T12:00'), on('2026-11-22T19:00'))).toEqual(['Today'])
    expect(labels(VIENNA, now, on('2026-11-22T18:00'), on('2026-11-23T18:00'), on('2026-11-27T18:00'))).toEqual([
      'Tonight',
      'Tomorrow',
      'Friday 27 November',
    ])
  })

  test('running events come first, even from yesterday', () => {
    const events = [on('2026-11-21T20:00', 24), on('2026-11-22T08:00', 6)]
    const groups = byDay(events, (event) => event, VIENNA, utc('2026-11-22T09:00'))
    expect(groups).toHaveLength(1)
    expect(groups[0]?.label).toBe('Happening now')
    expect(groups[0]?.events).toHaveLength(2)
  })

  describe('with all-day events', () => {
    /** From midnight to midnight in a zone whose clocks are `ahead` of UTC, shown on its own days. */
    const allDay = (day: string, days = 1, ahead = 1) => {
      const at = utc(`${day}T00:00`)
      const start = at - ahead * HOUR
      return { starts_at: start, ends_at: start + days * 24 * HOUR, day_at: at - HOUR, all_day: true }
    }
    const now = '2026-11-22T09:00'

    test('those of today are not happening now, also on their second day', () => {
      expect(labels(VIENNA, now, allDay('2026-11-22'))).toEqual(['Today'])
      expect(labels(VIENNA, now, allDay('2026-11-21', 3))).toEqual(['Today'])
    })

    test('running events come before them', () => {
      expect(labels(VIENNA, now, allDay('2026-11-22'), on('2026-11-22T08:00'), on('2026-11-22T18:00'))).toEqual([
        'Happening now',
        'Today',
      ])
    })

    test('they have no evening', () => {
      expect(labels(VIENNA, now, allDay('2026-11-22'), on('2026-11-22T18:00'))).toEqual(['Today'])
    })

    test('one that has begun in another zone is on its own day', () => {
      expect(labels(VIENNA, '2026-11-22T20:00', allDay('2026-11-23', 1, 9))).toEqual(['Tomorrow'])
    })

    test('those of another zone do not change the order of the days', () => {
      const inTokyo = allDay('2026-11-25', 1, 9)
      const inHonolulu = allDay('2026-11-25', 1, -10)
      const events = [inTokyo, on('2026-11-24T18:00'), on('2026-11-25T05:00'), inHonolulu, on('2026-11-26T05:00')]
      const days = ['Tuesday 24 November', 'Wednesday 25 November', 'Thursday 26 November']
      expect(labels(VIENNA, now, ...events)).toEqual(days)
      expect(labels(VIENNA, '2026-12-22T09:00', ...events.toReversed())).toEqual(days.toReversed())
    })
  })

  test('the viewer’s calendar decides', () => {
    const late = on('2026-11-22T23:30')
    expect(labels(VIENNA, '2026-11-22T12:00', late)).toEqual(['Tomorrow'])
    expect(labels(NEW_YORK, '2026-11-22T12:00', late)).toEqual(['Tonight'])
  })

  test('today’s events that have ended are not just today’s', () => {
    expect(labels(VIENNA, '2026-11-22T15:00', on('2026-11-22T12:00'))).toEqual(['Earlier today'])
    expect(labels(VIENNA, '2026-11-22T21:00', on('2026-11-22T18:00'))).toEqual(['Earlier today'])
  })

  test('Yesterday, among past events', () => {
    expect(labels(VIENNA, '2026-11-22T12:00', on('2026-11-21T12:00'))).toEqual(['Yesterday'])
  })

  test.each(['2026-10-24T22:30', '2026-10-25T21:30', '2026-03-28T22:30', '2026-03-29T20:30'])(
    'Tomorrow is the next day of the calendar, also where a day has 23 or 25 hours (%s)',
    (now) => {
      const today = localTime(utc(now), VIENNA).slice(0, 10)
      const noon = momentOf(`${addMinutes(`${today}T12:00`, 1440).slice(0, 10)}T12:00`, VIENNA) ?? 0
      const event = { starts_at: noon, ends_at: noon + HOUR, day_at: noon }
      expect(byDay([event], (each) => each, VIENNA, utc(now))[0]?.label).toBe('Tomorrow')
    },
  )
})
