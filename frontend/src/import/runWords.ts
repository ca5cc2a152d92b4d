/** The words about a run: its progress, its breaks and its end. Pure. */
import { formatCount, formatNumber } from '@/text/numbers'
import type { EarlyEnd, EventState } from './addAll'

/** The number of events of a run, by state. */
export interface Tally {
  total: number
  added: number
  /** Events that an earlier import had added. */
  earlier: number
  failed: number
  /** Events that have not had their turn. */
  left: number
}

/** Counts the events that were chosen. */
export function tallyOf(states: readonly (EventState | undefined)[]): Tally {
  const count = (is: (state: EventState) => boolean): number =>
    states.filter((each) => each !== undefined && is(each)).length
  const added = count((each) => each.kind === 'added' && !each.isEarlier)
  const earlier = count((each) => each.kind === 'added' && each.isEarlier)
  const failed = count(({ kind }) => kind === 'refused' || kind === 'stopped')
  return { total: states.length, added, earlier, failed, left: states.length - added - earlier - failed }
}

/** `Add 12 events`. */
export function addWords(count: number): string {
  return count === 0 ? 'Add events' : `Add ${formatCount(count, 'event')}`
}

/** `5 of 12`. */
export function progressWords({ total, left }: Tally): string {
  return `${formatNumber(total - left)} of ${formatNumber(total)}`
}

/** `11 events added`, `No events added`. */
export function doneWords({ added }: Tally): string {
  return `${added === 0 ? 'No events' : formatCount(added, 'event')} added`
}

/** The rest of what became of the events: `2 were there already. 1 couldn't be added.` */
export function restWords({ earlier, failed, left }: Tally): string {
  const parts = [
    earlier > 0 ? `${formatNumber(earlier)} ${earlier === 1 ? 'was' : 'were'} there already.` : '',
    failed > 0 ? `${formatNumber(failed)} couldn't be added.` : '',
    left > 0 ? `${formatNumber(left)} ${left === 1 ? 'is' : 'are'} still to add.` : '',
  ]
  return parts.filter((part) => part !== '').join(' ')
}

/** `10 seconds`, `5 minutes`, `2 hours`. A part counts as a whole. */
export function waitWords(ms: number): string {
  const seconds = Math.ceil(ms / 1_000)
  if (seconds < 120) return formatCount(seconds, 'second')
  const minutes = Math.ceil(seconds / 60)
  return minutes < 120 ? formatCount(minutes, 'minute') : formatCount(Math.ceil(minutes / 60), 'hour')
}

/** Why a run ended early; empty for a person's own stop. */
export function earlyEndWords({ reason, waitMs }: EarlyEnd): string {
  return waitMs > 0 ? `The server asks for a break of ${waitWords(waitMs)}. Try again after that.` : reason
}
