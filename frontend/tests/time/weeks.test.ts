import { expect, test } from 'vitest'
import { comingDays, isDay, pastDays, startOfDay, weekRules } from '@/time/weeks'

const EUROPE = { firstDay: 1, weekend: [6, 7] }
const AMERICA = { firstDay: 7, weekend: [6, 7] }
const EGYPT = { firstDay: 6, weekend: [5, 6] }

// 2026-11-26 is a Thursday.
test.each([
  [EUROPE, '2026-11-26', ['2026-11-26', '2026-11-28', '2026-11-30']],
  [EUROPE, '2026-11-28', ['2026-11-28', '2026-11-28', '2026-11-30']],
  [EUROPE, '2026-11-29', ['2026-11-29', '2026-11-29', '2026-11-30']],
  [EUROPE, '2026-11-30', ['2026-11-30', '2026-12-05', '2026-12-07']],
  [AMERICA, '2026-11-26', ['2026-11-26', '2026-11-28', '2026-11-29']],
  [AMERICA, '2026-11-29', ['2026-11-29', '2026-11-29', '2026-12-06']],
  [EGYPT, '2026-11-26', ['2026-11-26', '2026-11-27', '2026-11-28']],
])('with %o on %s: today, this weekend, next week', (rules, today, expected) => {
  expect(comingDays(today, rules).map(({ day }) => day)).toEqual(expected)
})

test.each([
  [EUROPE, '2026-11-26', ['2026-11-25', '2026-11-22', '2026-11-22']],
  [EUROPE, '2026-11-28', ['2026-11-27', '2026-11-22', '2026-11-22']],
  [EUROPE, '2026-11-29', ['2026-11-28', '2026-11-22', '2026-11-22']],
  [EUROPE, '2026-11-30', ['2026-11-29', '2026-11-29', '2026-11-29']],
  [AMERICA, '2026-11-26', ['2026-11-25', '2026-11-22', '2026-11-21']],
])('with %o on %s: yesterday, last weekend, last week', (rules, today, expected) => {
  expect(pastDays(today, rules).map(({ day }) => day)).toEqual(expected)
})

test.each([
  [{ getWeekInfo: () => AMERICA, weekInfo: EUROPE }, AMERICA],
  [{ weekInfo: EGYPT }, EGYPT],
  [{ region: 'US' }, AMERICA],
  [{ region: 'AT' }, EUROPE],
  [{}, EUROPE],
])('the week of %o', (locale, expected) => expect(weekRules(locale)).toEqual(expected))

test.each([
  ['2026-12-24', true],
  ['2026-02-29', false],
  ['2028-02-29', true],
  ['2026-13-01', false],
  ['1999-12-31', false],
  ['24.12.2026', false],
  ['', false],
])('“%s” is a day: %s', (text, expected) => expect(isDay(text)).toBe(expected))

test.each([
  ['2026-12-24', 'Europe/Vienna', '2026-12-23T23:00Z'],
  // Cairo skips midnight: its day starts at 01:00.
  ['2026-04-24', 'Africa/Cairo', '2026-04-23T22:00Z'],
  // Havana has that midnight twice.
  ['2026-11-01', 'America/Havana', '2026-11-01T04:00Z'],
])('%s in %s starts at %s', (day, zone, expected) => expect(startOfDay(day, zone)).toBe(Date.parse(expected)))

test('nobody knows when a day starts in a zone that the browser does not know', () => {
  expect(startOfDay('2026-12-24', 'Moon/Tycho')).toBeNull()
})
