import { shortDate } from '@/time/timeText'
import { addDays } from '@/time/weeks'
import { localDay } from '@/time/zones'

/** The day of a moment that has passed: `today`, `yesterday`, or `Fri 27 Nov`. */
export function pastDay(moment: number, zone: string, now: number): string {
  const today = localDay(now, zone)
  const day = localDay(moment, zone)
  if (day >= today) return 'today'
  return day === addDays(today, -1) ? 'yesterday' : shortDate(moment, zone, now)
}

/** The name of a device, for a list. */
export function deviceName(name: string): string {
  return name || 'Unknown device'
}
