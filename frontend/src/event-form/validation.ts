/** Validates a draft field by field before it is sent. The server validates it again. */

import { LIMITS } from '@/limits.generated'
import { formatCount, formatNumber } from '@/text/numbers'
import { textProblem, toLine, toLines } from '@/text/plainText'
import { addDays, FIRST_DAY, isDay, LAST_DAY, startOfDay } from '@/time/weeks'
import { cityOf, clockChange, isZone } from '@/time/zones'
import type { Draft } from './draft'
import { isSeats, seatsOf } from './seats'
import { tagsProblem } from './tags'
import { parseLink } from './typedLink'
import { momentsOfWhen, whenOf, type When } from '@/event-form/times/times'
import { dayCount } from '@/event-form/times/wholeDays'

/** Fields of the form that can be wrong. `starts` and `ends` each stand for a date and a time. */
export type Field = 'title' | 'starts' | 'ends' | 'zone' | 'place' | 'link' | 'description' | 'tags' | 'capacity'

/** The message for each wrong field. */
export type Problems = ReadonlyMap<Field, string>

const EVENT = LIMITS.event

const EVENT_MAX_DAYS = EVENT.ends.maxDays

/** A visible character: no space, no control or zero-width character. */
const VISIBLE = /[^\p{Cc}\p{Cf}\p{Cn}\p{Z}]/u

const YEAR_PROBLEM = `Enter a year up to ${LAST_DAY.slice(0, 4)}.`
const PAST_PROBLEM = 'That is in the past.'
const ORDER_PROBLEM = 'The end must be after the start.'
const DAY_ORDER_PROBLEM = "The last day can't be before the first."
const LENGTH_PROBLEM = `An event can last up to ${String(EVENT_MAX_DAYS)} days.`

/** The form's precision: the current minute is not the past. */
const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

/**
 * Validates a draft; an empty map means no problem. `before` is the draft that an edit started from: unchanged times are
 * not validated again. `taken` is the number of taken seats.
 */
export function validate(draft: Draft, now: number, before: Draft | null = null, taken = 0): Problems {
  const problems = new Map<Field, string>()
  const addProblem = (field: Field, message: string | null): void => {
    if (message !== null) problems.set(field, message)
  }
  const title = toLine(draft.title)
  addProblem('title', !VISIBLE.test(title) ? 'Enter a title.' : textProblem(title, EVENT.title.maxLength))
  addProblem('place', textProblem(toLine(draft.place), EVENT.place.maxLength))
  addProblem('description', textProblem(toLines(draft.description), EVENT.description.maxLength))
  addProblem('tags', tagsProblem(draft.tags))
  // A link that is stored already stays, whatever the rules of its time were.
  if (draft.link !== before?.link) addProblem('link', linkProblem(draft.link))
  addProblem('capacity', capacityProblem(draft.capacity, taken))
  if (!before || startOf(draft) !== startOf(before)) addProblem('starts', startProblem(draft, now, before))
  if (!before || spanOf(draft) !== spanOf(before)) addProblem('ends', endProblem(draft, now, before))
  return problems
}

function startOf(draft: Draft): string {
  const { allDay, starts, startsFold } = whenOf(draft)
  return [allDay, starts, startsFold, draft.zone].join(' ')
}

function endOf(draft: Draft): string {
  const { ends, endsFold } = whenOf(draft)
  return [ends, endsFold, draft.zone].join(' ')
}

function spanOf(draft: Draft): string {
  return [startOf(draft), endOf(draft), draft.endDate, draft.endTime].join(' ')
}

function startProblem(draft: Draft, now: number, before: Draft | null): string | null {
  const when = whenOf(draft)
  if (!draft.date || (!draft.allDay && !draft.time))
    return `Enter a ${draft.allDay ? 'first day' : 'start date and time'}.`
  if (!isDay(draft.date)) return draft.date < FIRST_DAY ? PAST_PROBLEM : YEAR_PROBLEM
  if (!isZone(draft.zone)) return null // only the server knows its clocks
  const moment = pastAt(draft, when)
  if (moment === null) return skippedWords(when.starts, draft.zone)
  // The start of a running event may change; an upcoming event cannot move into the past.
  const hasBegun = before !== null && (startMoment(before) ?? now) <= now
  return !hasBegun && moment <= now ? PAST_PROBLEM : null
}

function endProblem(draft: Draft, now: number, before: Draft | null): string | null {
  const { allDay } = draft
  const orderProblem = allDay ? DAY_ORDER_PROBLEM : ORDER_PROBLEM
  if (!allDay && draft.endDate && !draft.endTime) return 'Enter an end time, too, or clear the end date.'
  if (draft.endDate && !isDay(draft.endDate)) return draft.endDate < FIRST_DAY ? orderProblem : YEAR_PROBLEM
  const when = whenOf(draft)
  if (!when.ends || !isZone(draft.zone)) return null
  if (when.starts && !isDay(draft.date)) return null
  const { startsAt, endsAt } = momentsOfWhen(when, draft.zone)
  if (endsAt === null) return skippedWords(when.ends, draft.zone)
  if (startsAt === null) return null
  if (endsAt <= startsAt) return orderProblem
  if (before && endOf(draft) !== endOf(before) && endsAt <= now) return PAST_PROBLEM
  const days = allDay ? dayCount(when) : (endsAt - startsAt) / DAY_MS
  return days > EVENT_MAX_DAYS ? LENGTH_PROBLEM : null
}

function startMoment(draft: Draft): number | null {
  return momentsOfWhen(whenOf(draft), draft.zone).startsAt
}

/** The moment from which the start is in the past: not before the first day is over, or the minute. */
function pastAt({ date, zone }: Draft, when: When): number | null {
  if (when.allDay) return startOfDay(addDays(date, 1), zone)
  const { startsAt } = momentsOfWhen(when, zone)
  return startsAt === null ? null : startsAt + MINUTE_MS
}

function linkProblem(text: string): string | null {
  const link = parseLink(text)
  if (typeof link !== 'string')
    return link.problem === 'user'
      ? 'Remove the name and password before the @. Everyone would see them.'
      : 'Enter a web address, like https://example.org.'
  if (link !== '' && !URL.canParse(link)) return 'Enter a web address, like https://example.org.'
  return textProblem(link, EVENT.link.maxLength)
}

function capacityProblem(capacity: string, taken: number): string | null {
  const seats = seatsOf(capacity)
  if (seats === null) return null
  const { minimum, maximum } = EVENT.capacity
  if (!isSeats(seats))
    return `Enter a number from ${formatNumber(minimum)} to ${formatNumber(maximum)}, or leave it empty.`
  return seats < taken ? `${takenWords(taken)}, so this can't be lower.` : null
}

/** `01:30 doesn't exist in London that night: clocks go from 01:00 to 02:00.` */
function skippedWords(local: string, zone: string): string {
  const { from, to } = clockChange(local, zone)
  return `${local.slice(11)} doesn't exist in ${cityOf(zone)} that night: clocks go from ${from} to ${to}.`
}

/** `1 seat is taken`, `12 seats are taken`. */
export function takenWords(taken: number): string {
  return formatCount(taken, 'seat is taken', 'seats are taken')
}
