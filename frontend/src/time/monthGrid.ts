/** The days of a month in weeks, and the keys that move through them (WAI-ARIA Authoring Practices, "Date Grid"). Pure. */

import { addDays, weekdayOf } from './weeks'

const WEEK_DAYS = 7

/** The weeks of a month, `YYYY-MM`; null for the days of other months. */
export function weeksOf(month: string, firstDay: number): (string | null)[][] {
  const first = `${month}-01`
  const blanks = columnOf(first, firstDay)
  const days = daysIn(month)
  return Array.from({ length: Math.ceil((blanks + days) / WEEK_DAYS) }, (_, week) =>
    Array.from({ length: WEEK_DAYS }, (__, column) => {
      const index = week * WEEK_DAYS + column - blanks
      return index >= 0 && index < days ? addDays(first, index) : null
    }),
  )
}

/** The same day some months later or earlier, or the last one of a shorter month. */
export function addMonths(day: string, months: number): string {
  const date = new Date(`${day.slice(0, 7)}-01`)
  date.setUTCMonth(date.getUTCMonth() + months)
  const month = date.toISOString().slice(0, 7)
  return `${month}-${String(Math.min(Number(day.slice(8)), daysIn(month))).padStart(2, '0')}`
}

/** The day to which a key moves; null for other keys. */
export function dayAt(day: string, key: string, isShift: boolean, firstDay: number): string | null {
  const column = columnOf(day, firstDay)
  switch (key) {
    case 'ArrowLeft':
      return addDays(day, -1)
    case 'ArrowRight':
      return addDays(day, 1)
    case 'ArrowUp':
      return addDays(day, -WEEK_DAYS)
    case 'ArrowDown':
      return addDays(day, WEEK_DAYS)
    case 'Home':
      return addDays(day, -column)
    case 'End':
      return addDays(day, WEEK_DAYS - 1 - column)
    case 'PageUp':
      return addMonths(day, isShift ? -12 : -1)
    case 'PageDown':
      return addMonths(day, isShift ? 12 : 1)
    default:
      return null
  }
}

function columnOf(day: string, firstDay: number): number {
  return (weekdayOf(day) - firstDay + WEEK_DAYS) % WEEK_DAYS
}

function daysIn(month: string): number {
  const [year = 0, number = 0] = month.split('-').map(Number)
  return new Date(Date.UTC(year, number, 0)).getUTCDate()
}
