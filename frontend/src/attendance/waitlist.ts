/** The parties that move up when seats become free, and the sentence for it. Pure. */

import type { AttendeeItem } from '@/live/generated'
import { seatsOf } from '@/seats/capacity'
import { isolate } from '@/text/isolation'
import { formatNumber } from '@/text/numbers'

/** A waiting party. */
export type WaitingParty = Pick<AttendeeItem, 'user' | 'party'>

/**
 * The parties of `waitlist` that get seats once `free` seats are free, by the server's rule: first come, first
 * served; a party that does not fit is passed over.
 */
export function promotedParties(waitlist: readonly WaitingParty[], free: number): WaitingParty[] {
  let left = free
  return waitlist.filter(({ party }) => {
    const fits = party <= left
    if (fits) left -= party
    return fits
  })
}

/** `Ax gets your seat.`, `Ax and 2 others get your seats.`, `Ax gets 1 of your 3 seats.` */
export function handoverWords(next: readonly WaitingParty[], party: number): string {
  const seats = seatsOf(next)
  const yours = party === 1 ? 'your seat' : 'your seats'
  const what = seats < party ? `${String(seats)} of your ${String(party)} seats` : yours
  return `${names(next)} ${next.length === 1 ? 'gets' : 'get'} ${what}.`
}

/**
 * The warning about parties of `waitlist` that are larger than an event of `capacity` seats, so that they can never move
 * up; empty if there are none.
 */
export function tooLargeWords(waitlist: readonly WaitingParty[], capacity: number | null): string {
  const parties = waitlist.filter(({ party }) => capacity !== null && party > capacity)
  if (parties.length === 0) return ''
  const verb = parties.length === 1 ? 'is' : 'are'
  return `${names(parties)} ${verb} waiting for more seats than that, and can't move up unless they ask for fewer.`
}

function names([first, second, ...rest]: readonly WaitingParty[]): string {
  if (!first) return 'No one'
  if (!second) return isolate(first.user.name)
  return rest.length === 0
    ? `${isolate(first.user.name)} and ${isolate(second.user.name)}`
    : `${isolate(first.user.name)} and ${formatNumber(rest.length + 1)} others`
}
