import { afterEach, describe, expect, test, vi } from 'vitest'
import {
  addMinutes,
  cityOf,
  clockChange,
  clockNameAt,
  isZone,
  localTime,
  momentOf,
  momentsOf,
  offsetName,
} from '@/time/zones'

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

  test('one of a year that is still typed is a moment', () => {
    for (const year of ['0002', '0020', '0202']) {
      const moment = momentOf(`${year}-11-27T19:30`, 'UTC') ?? Number.NaN
      expect(localTime(moment, 'UTC')).toBe(`${year}-11-27T19:30`)
    }
  })

  test('nonsense is none', () => {
    expect(momentOf('', VIENNA)).toBeNull()
  })
})

describe('a local time that the clocks show twice', () => {
  test.each([
    ['2026-10-25T02:30', VIENNA, '2026-10-25T00:30', '2026-10-25T01:30'],
    ['2026-11-01T01:59', NEW_YORK, '2026-11-01T05:59', '2026-11-01T06:59'],
    ['2026-04-05T01:45', 'Australia/Lord_Howe', '2026-04-04T14:45', '2026-04-04T15:15'],
  ])('%s in %s is two moments', (local, zone, first, second) => {
    expect(momentsOf(local, zone)).toEqual([utc(first), utc(second)])
    expect([momentOf(local, zone), momentOf(local, zone, 1)]).toEqual([utc(first), utc(second)])
  })

  test('elsewhere a fold says nothing', () => {
    expect(momentOf('2026-11-27T19:30', VIENNA, 1)).toBe(utc('2026-11-27T18:30'))
    expect(momentOf('2026-03-29T02:30', VIENNA, 1)).toBeNull()
    expect(momentsOf('2026-11-27T19:30', 'Moon/Tycho')).toEqual([])
  })

  test.each([
    [VIENNA, '2026-10-25T00:30', 'CEST'],
    [VIENNA, '2026-10-25T01:30', 'CET'],
    ['Europe/London', '2026-10-25T00:30', 'BST'],
    [NEW_YORK, '2026-11-01T05:59', 'EDT'],
    ['America/Santiago', '2026-04-05T03:30', 'GMT−4'],
  ])('the clock of %s at %s is named %s', (zone, at, name) => {
    expect(clockNameAt(utc(at), zone)).toBe(name)
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

  test('an unknown zone is recognised', () => {
    expect(isZone(VIENNA)).toBe(true)
    expect(isZone('Moon/Tycho')).toBe(false)
  })

  test('a city is shown without its continent', () => {
    expect(cityOf('America/Argentina/Buenos_Aires')).toBe('Buenos Aires')
    expect([cityOf('Asia/Calcutta'), cityOf('Asia/Kolkata')]).toEqual(['Kolkata', 'Kolkata'])
  })

  test('minutes are added on the clock face', () => {
    expect(addMinutes('2026-12-31T23:30', 120)).toBe('2027-01-01T01:30')
  })
})

describe('the viewer’s zone', () => {
  afterEach(() => {
    vi.restoreAllMocks()
    vi.resetModules()
  })

  test.each(['Etc/Unknown', '', undefined])('is UTC where the browser says %s', async (timeZone) => {
    const options = { ...new Intl.DateTimeFormat().resolvedOptions(), timeZone } as Intl.ResolvedDateTimeFormatOptions
    vi.spyOn(Intl.DateTimeFormat.prototype, 'resolvedOptions').mockReturnValue(options)
    vi.resetModules()
    const { isViewerZoneKnown, viewerZone } = await import('@/time/zones')
    expect([isViewerZoneKnown(), viewerZone()]).toEqual([false, 'UTC'])
  })
})
