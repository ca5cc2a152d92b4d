/** Days of the calendar as `YYYY-MM-DD`, weeks, and the days to which a list can jump. Pure. */

import { clockChange, isZone, momentOf } from './zones'

const DAY_MS = 86_400_000
const WEEK_DAYS = 7

/** Days of the week are numbered from 1 (Monday) to 7 (Sunday). */
export interface WeekRules {
  firstDay: number
  weekend: readonly number[]
}

/** `Intl.Locale` with the week information, which TypeScript does not know; older browsers have it as a property. */
interface LocaleWithWeek {
  region?: string | undefined
  weekInfo?: WeekRules
  getWeekInfo?: () => WeekRules
}

/** Regions whose week starts on Sunday, for browsers without week information (Unicode CLDR 46, the largest ones). */
const SUNDAY_REGIONS = new Set('AU BR CA CO HK ID IL IN JP KE KR MX PE PH PK SA TH TW US VE ZA'.split(' '))

/** The first day of the week and the weekend where the viewer lives. */
export function weekRules(locale: LocaleWithWeek = new Intl.Locale(navigator.language)): WeekRules {
  const info = locale.getWeekInfo?.() ?? locale.weekInfo
  if (info) return { firstDay: info.firstDay, weekend: [...info.weekend] }
  return { firstDay: SUNDAY_REGIONS.has(locale.region ?? '') ? WEEK_DAYS : 1, weekend: [6, 7] }
}

/** The day some days later, or earlier. */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10)
}

/** The day of the week, 1 (Monday) to 7 (Sunday). */
export function weekdayOf(day: string): number {
  return new Date(day).getUTCDay() || WEEK_DAYS
}

/** The first and the last day that the server takes. */
export const FIRST_DAY = '2000-01-01'
export const LAST_DAY = '2100-12-31'

/**
 * True for `YYYY-MM-DD` of a day that exists, in the years that events can have. A date field has years such as 0002 while
 * somebody types 2027, and takes years of six digits.
 */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || text < FIRST_DAY || text > LAST_DAY) return false
  return !Number.isNaN(Date.parse(text)) && addDays(text, 0) === text
}

/** The first moment of a day in a zone, in ms; null in a zone that the browser does not know. */
export function startOfDay(day: string, zone: string): number | null {
  const midnight = `${day}T00:00`
  const moment = momentOf(midnight, zone)
  if (moment !== null || !isZone(zone)) return moment
  // The clocks of some zones skip midnight.
  return momentOf(`${day}T${clockChange(midnight, zone).to}`, zone)
}

/** A day to jump to, and its label. */
export interface QuickDay {
  label: string
  day: string
}

/** The quick choices of a list of coming events: each day is the first one that is meant. */
export function comingDays(today: string, { firstDay, weekend }: WeekRules): QuickDay[] {
  return [
    { label: 'Today', day: today },
    { label: 'This weekend', day: next(today, 1, (day) => weekend.includes(weekdayOf(day))) },
    { label: 'Next week', day: next(addDays(today, 1), 1, (day) => weekdayOf(day) === firstDay) },
  ]
}

/** The quick choices of a list of past events, which goes back in time: each day is the last one that is meant. */
export function pastDays(today: string, { firstDay, weekend }: WeekRules): QuickDay[] {
  const isWeekend = (day: string): boolean => weekend.includes(weekdayOf(day))
  const weekBefore = next(today, -1, (day) => !isWeekend(day))
  return [
    { label: 'Yesterday', day: addDays(today, -1) },
    { label: 'Last weekend', day: next(weekBefore, -1, isWeekend) },
    {
      label: 'Last week',
      day: addDays(
        next(today, -1, (day) => weekdayOf(day) === firstDay),
        -1,
      ),
    },
  ]
}

/** The first day from `day` on, in steps of one day, for which `test` holds. */
function next(day: string, step: 1 | -1, test: (day: string) => boolean): string {
  let found = day
  while (!test(found)) found = addDays(found, step)
  return found
}
