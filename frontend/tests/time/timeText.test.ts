import { describe, expect, test } from 'vitest'
import { clocksOf } from '@/time/eventTimes'
import { fullDay, shortDate, shownTimes, timeOfDay, timeSpan } from '@/time/timeText'

const VIENNA = 'Europe/Vienna'
const TOKYO = 'Asia/Tokyo'
const utc = (text: string): number => Date.parse(`${text}Z`)

describe('texts', () => {
  const now = utc('2026-11-22T12:00')

  test('a day, with the year only if it differs', () => {
    expect(fullDay(utc('2026-11-27T12:00'), VIENNA, now)).toBe('Friday 27 November')
    expect(fullDay(utc('2027-01-01T12:00'), VIENNA, now)).toBe('Friday 1 January 2027')
    expect(fullDay(utc('2026-12-31T23:30'), VIENNA, now)).toBe('Friday 1 January 2027')
    expect(shortDate(utc('2026-11-27T12:00'), VIENNA, now)).toBe('Fri 27 Nov')
    expect(shortDate(utc('2026-12-31T23:30'), VIENNA, now)).toBe('Fri 1 Jan 2027')
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

  test('a span over two equal hours names the clocks', () => {
    const [first, second] = [utc('2026-10-25T00:30'), utc('2026-10-25T01:30')]
    expect(timeSpan(first, second, VIENNA)).toMatch(/^(02:30|2:30 am) CEST – (02:30|2:30 am) CET$/)
    expect(timeSpan(second, second + 3_600_000, VIENNA)).not.toContain('CET')
  })

  test('the time in the event’s zone is shown only if it differs', () => {
    const at = { starts_at: utc('2026-11-27T18:30'), ends_at: utc('2026-11-27T20:30') }
    const text = (starts: string, zone: string) => {
      const event = { ...at, starts, ends: starts, zone, place: '' }
      return shownTimes(event, clocksOf(event, VIENNA), 'viewer').other
    }
    expect(text('2026-11-27T19:30', VIENNA)).toBeNull()
    expect(text('2026-11-27T19:30', 'Europe/Berlin')).toBeNull()
    expect(text('2026-11-27T18:30', 'Europe/London')).toMatch(/^(18:30|6:30 pm) in London$/)
    expect(text('2026-11-28T03:30', TOKYO)).toMatch(/^Sat 28 Nov (03:30|3:30 am) in Tokyo$/)
    expect(text('2026-11-28T03:30', 'Moon/Tycho')).toMatch(/^Sat 28 Nov (03:30|3:30 am) in Tycho$/)
  })
})
