/** The times that the form proposes. Pure. */

import { addMinutes } from '@/time/zones'

/** The duration of an event without an end. */
export const DEFAULT_MINUTES = 120

/** The clock time of a start. */
export const DEFAULT_TIME = '19:00'

/** The clock time at which an event without an end is over. */
export function defaultEndTime(time: string): string {
  return addMinutes(`2000-01-01T${time}`, DEFAULT_MINUTES).slice(11)
}
