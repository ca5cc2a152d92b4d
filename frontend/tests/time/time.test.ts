import { describe, expect, test } from 'vitest'
import { byDay } from '@/time/days'
import { fullDay, timeInEventZone, timeOfDay, timeSpan } from '@/time/timeText'
import { addMinutes, allZones, cityOf, clockChange, isZone, localTime, momentOf, offsetName } from '@/time/zones'

const VIENNA = 'Europe/Vienna'
const NEW_YORK = 'America/New_York'
const TOKYO = 'Asia/Tokyo'
const KATHMANDU = 'Asia/Kathmandu'
const utc = (text: string): number => Date.parse(`${text}Z`)

describe('a local time is one moment', () => {
  test.each([
    ['in winter', '2026-11-27T19:30', VIENNA, '2026-11-27T18:30'],
    ['in summer', '2026-07-01T19:30', VIENNA, '2026-07-01T17:30'],
    ['in a zone with quarters of an hour', '2026-11-27T19:30', KATHMANDU, '2026-11-27T13:45'],
    ['on another day in UTC', '2026-11-27T20:00', NEW_YORK, '2026-11-28T01:00'],
    ['shown twice: the first', '2026-10-25T02:30', VIENNA, '2026-10-25T00:30'],
    ['just before the clocks go forward', '2026-03-29T01:59', VIENNA, '2026-03-29T00:59'],
    ['just after', '2026-03-29T03:00', VIENNA, '2026-03-29T01:00'],
    ['at midnight', '2026-11-27T00:00', TOKYO, '2026-11-26T15:00'],
  ])('%s', (_, local, zone, expected) => {
    expect(momentOf(local, zone)).toBe(utc(expected))
    expect(localTime(utc(expected), zone)).toBe(local)
  })

  test('one that the clocks skip is none', () => {
    expect(momentOf('2026-03-29T02:30', VIENNA)).toBeNull()
    expect(momentOf('2026-03-08T02:30', NEW_YORK)).toBeNull()
  })

  test('neither is nonsense', () => {
    expect(momentOf('', VIENNA)).toBeNull()
  })
})

test.each([
  ['2026-03-29T01:30', 'Europe/London', '01:00', '02:00'],
  ['2026-03-29T02:00', VIENNA, '02:00', '03:00'],
  ['2026-03-08T02:59', NEW_YORK, '02:00', '03:00'],
  ['2026-10-04T02:15', 'Australia/Lord_Howe', '02:00', '02:30'],
  ['2026-09-06T00:30', 'America/Santiago', '00:00', '01:00'],
])('the clock change that skips %s in %s', (local, zone, from, to) => {
  expect(momentOf(local, zone)).toBeNull()
  expect(clockChange(local, zone)).toEqual({ from, to })
})

describe('zones', () => {
  test.each([
    [VIENNA, '2026-11-27T12:00', 'GMT+1'],
    [VIENNA, '2026-07-01T12:00', 'GMT+2'],
    [KATHMANDU, '2026-11-27T12:00', 'GMT+5:45'],
    [NEW_YORK, '2026-11-27T12:00', 'GMT−5'],
    ['UTC', '2026-11-27T12:00', 'UTC'],
  ])('%s at %s is %s', (zone, at, expected) => {
    expect(offsetName(utc(at), zone)).toBe(expected)
  })

  test('the picker has UTC, and the zone of an event that this browser does not list', () => {
    expect(allZones('Europe/Kyiv')).toEqual(expect.arrayContaining(['UTC', 'Europe/Kyiv', VIENNA]))
  })

  test('an unknown zone is recognised', () => {
    expect(isZone(VIENNA)).toBe(true)
    expect(isZone('Moon/Tycho')).toBe(false)
    expect(timeInEventZone(0, 'Moon/Tycho', VIENNA)).toBeNull()
  })

  test('a city is shown without its continent', () => {
    expect(cityOf('America/Argentina/Buenos_Aires')).toBe('Buenos Aires')
  })

  test('minutes are added on the clock face', () => {
    expect(addMinutes('2026-12-31T23:30', 120)).toBe('2027-01-01T01:30')
  })
})

describe('words', () => {
  const now = utc('2026-11-22T12:00')

  test('a day, with the year only if it differs', () => {
    expect(fullDay(utc('2026-11-27T12:00'), VIENNA, now)).toBe('Friday 27 November')
    expect(fullDay(utc('2027-01-01T12:00'), VIENNA, now)).toBe('Friday 1 January 2027')
    expect(fullDay(utc('2026-12-31T23:30'), VIENNA, now)).toBe('Friday 1 January 2027')
  })

  test('12 or 24 hours', () => {
    const at = utc('2026-11-27T18:30')
    expect(timeOfDay(at, VIENNA, 'h23')).toBe('19:30')
    expect(timeOfDay(at, VIENNA, 'h12')).toBe('7:30 pm')
    expect(timeOfDay(utc('2026-11-26T23:05'), VIENNA, 'h23')).toBe('00:05')
  })

  test('a span names the day of its end if it differs', () => {
    expect(timeSpan(utc('2026-11-27T18:30'), utc('2026-11-27T20:30'), VIENNA)).toMatch(/^\S+( [ap]m)? – \S+( [ap]m)?$/)
    expect(timeSpan(utc('2026-11-27T21:00'), utc('2026-11-28T01:00'), VIENNA)).toContain('Sat 28 Nov')
  })

  test('the time in the event’s zone is shown only if it differs', () => {
    const at = utc('2026-11-27T18:30')
    expect(timeInEventZone(at, VIENNA, VIENNA)).toBeNull()
    expect(timeInEventZone(at, 'Europe/Berlin', VIENNA)).toBeNull()
    expect(timeInEventZone(at, 'Europe/London', VIENNA)).toMatch(/^(18:30|6:30 pm) in London$/)
    expect(timeInEventZone(at, TOKYO, VIENNA)).toMatch(/^Sat 28 Nov (03:30|3:30 am) in Tokyo$/)
  })
})

describe('events by day', () => {
  const HOUR = 3_600_000
  const on = (starts: string, hours = 2) => ({ starts_at: utc(starts), ends_at: utc(starts) + hours * HOUR })
  const labels = (zone: string, now: string, ...events: ReturnType<typeof on>[]): string[] =>
    byDay(events, zone, utc(now)).map(({ label }) => label)

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
    const groups = byDay([on('2026-11-21T20:00', 24), on('2026-11-22T08:00', 6)], VIENNA, utc('2026-11-22T09:00'))
    expect(groups).toHaveLength(1)
    expect(groups[0]?.label).toBe('Happening now')
    expect(groups[0]?.events).toHaveLength(2)
  })

  test('the viewer’s calendar decides', () => {
    const late = on('2026-11-22T23:30')
    expect(labels(VIENNA, '2026-11-22T12:00', late)).toEqual(['Tomorrow'])
    expect(labels(NEW_YORK, '2026-11-22T12:00', late)).toEqual(['Tonight'])
  })

  test('Yesterday, among past events', () => {
    expect(labels(VIENNA, '2026-11-22T12:00', on('2026-11-21T12:00'))).toEqual(['Yesterday'])
  })

  test.each(['2026-10-24T22:30', '2026-10-25T21:30', '2026-03-28T22:30', '2026-03-29T20:30'])(
    'Tomorrow is the next day of the calendar, also where a day has 23 or 25 hours (%s)',
    (now) => {
      const tomorrow = localTime(utc(now) + 25 * HOUR, VIENNA).slice(0, 10)
      const today = localTime(utc(now), VIENNA).slice(0, 10)
      const noon = momentOf(`${addMinutes(`${today}T12:00`, 1440).slice(0, 10)}T12:00`, VIENNA) ?? 0
      expect(byDay([{ starts_at: noon, ends_at: noon + HOUR }], VIENNA, utc(now))[0]?.label).toBe('Tomorrow')
      expect(tomorrow >= today).toBe(true)
    },
  )
})
