import { timeOfDay } from '@/time/timeText'
import { asUtc } from '@/time/zones'

/** A time such as `19:30`, as the clock of this system shows it. */
export function clock(time: string): string {
  return timeOfDay(asUtc(`2026-11-27T${time}`), 'UTC')
}
