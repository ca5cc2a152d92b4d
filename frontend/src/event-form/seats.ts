/** The number of seats as a person types it. Pure. */

import { LIMITS } from '@/limits.generated'

/** The separators of thousands that count in any language: a comma as the page writes it, spaces, and apostrophes. */
const SEPARATORS = [',', ' ', '\u00a0', '\u202f', "'", '’']

/** The separator of thousands on the viewer's system. */
function ownSeparator(locale?: string): string {
  const parts = new Intl.NumberFormat(locale, { useGrouping: 'always' }).formatToParts(1_000_000)
  return parts.find(({ type }) => type === 'group')?.value ?? ','
}

/** The number of a text of digits, with separators of thousands or without; null if it is empty, else NaN. */
export function seatsOf(text: string, locale?: string): number | null {
  const typed = text.trim()
  if (typed === '') return null
  if (/^\d+$/.test(typed)) return Number(typed)
  const separator = [...SEPARATORS, ownSeparator(locale)].find((each) => typed.includes(each))
  const groups = separator === undefined ? [] : typed.split(separator)
  const isNumber = groups.every((group, index) => (index === 0 ? /^\d{1,3}$/ : /^\d{3}$/).test(group))
  return groups.length > 0 && isNumber ? Number(groups.join('')) : Number.NaN
}

/** True for a number of seats that an event can have. */
export function isSeats(seats: number | null | undefined): seats is number {
  const { minimum, maximum } = LIMITS.event.capacity
  return typeof seats === 'number' && Number.isInteger(seats) && seats >= minimum && seats <= maximum
}
