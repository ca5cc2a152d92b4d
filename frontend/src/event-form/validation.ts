/** Validates a draft field by field before it is sent. The server validates it again. */

import { LIMITS } from '@/limits.generated'
import { textProblem, toLine, toLines, toLink } from '@/text/plainText'
import { cityOf, clockChange, isZone, momentOf } from '@/time/zones'
import { endsOf, isDay, LAST_DAY, startsOf, type Draft } from './draft'
import { tagsProblem } from './tags'

/** Fields of the form that can be wrong. `starts` and `ends` each stand for a date and a time. */
export type Field = 'title' | 'starts' | 'ends' | 'zone' | 'place' | 'link' | 'description' | 'tags' | 'capacity'

/** The message for each wrong field. */
export type Problems = ReadonlyMap<Field, string>

const EVENT = LIMITS.event

const EVENT_MAX_DAYS = EVENT.ends.maxDays

/** A visible character: no space, no control or zero-width character. */
const VISIBLE = /[^\p{Cc}\p{Cf}\p{Cn}\p{Z}]/u

const YEAR_PROBLEM = `Enter a year up to ${LAST_DAY.slice(0, 4)}.`

/** The form's precision: the current minute is not the past. */
const MINUTE_MS = 60_000

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
  addProblem('link', linkProblem(toLink(draft.link)))
  addProblem('capacity', capacityProblem(draft.capacity.trim(), taken))
  if (!before || startOf(draft) !== startOf(before)) addProblem('starts', startProblem(draft, now, before))
  if (!before || spanOf(draft) !== spanOf(before)) addProblem('ends', endProblem(draft, now, before))
  return problems
}

function startOf(draft: Draft): string {
  return `${startsOf(draft)} ${draft.zone}`
}

function endOf(draft: Draft): string {
  return `${endsOf(draft)} ${draft.zone}`
}

function spanOf(draft: Draft): string {
  return [startOf(draft), draft.endDate, draft.endTime].join(' ')
}

function startProblem(draft: Draft, now: number, before: Draft | null): string | null {
  const starts = startsOf(draft)
  if (!starts) return 'Enter a start date and time.'
  if (!isDay(draft.date)) return YEAR_PROBLEM
  if (!isZone(draft.zone)) return null // only the server knows its clocks
  const moment = momentOf(starts, draft.zone)
  if (moment === null) return skippedWords(starts, draft.zone)
  // The start of a running event may change; an upcoming event cannot move into the past.
  const hasBegun = before !== null && (momentOf(startsOf(before), before.zone) ?? now) <= now
  return !hasBegun && moment + MINUTE_MS <= now ? 'That is in the past.' : null
}

function endProblem(draft: Draft, now: number, before: Draft | null): string | null {
  if (!endsOf(draft)) return draft.endDate || draft.endTime ? 'Enter both the end date and time, or neither.' : null
  if (!isDay(draft.endDate)) return YEAR_PROBLEM
  if (!isZone(draft.zone)) return null
  if (startsOf(draft) && !isDay(draft.date)) return null
  const [starts, ends] = [momentOf(startsOf(draft), draft.zone), momentOf(endsOf(draft), draft.zone)]
  if (ends === null) return skippedWords(endsOf(draft), draft.zone)
  if (starts === null) return null
  if (ends <= starts) return 'The end must be after the start.'
  if (before && endOf(draft) !== endOf(before) && ends <= now) return 'That is in the past.'
  return ends - starts > EVENT_MAX_DAYS * 86_400_000 ? `An event can last up to ${String(EVENT_MAX_DAYS)} days.` : null
}

function linkProblem(link: string): string | null {
  if (link === '') return null
  const url = URL.canParse(link) ? new URL(link) : null
  if (!url || !/^https?:$/.test(url.protocol) || /\s/.test(link))
    return 'Enter a web address, like https://example.org.'
  return textProblem(link, EVENT.link.maxLength)
}

function capacityProblem(capacity: string, taken: number): string | null {
  if (capacity === '') return null
  const seats = Number(capacity)
  const { minimum, maximum } = EVENT.capacity
  if (!Number.isInteger(seats) || seats < minimum || seats > maximum)
    return `Enter a number from ${String(minimum)} to ${maximum.toLocaleString('en')}, or leave it empty.`
  return seats < taken ? `${takenWords(taken)}, so this can't be lower.` : null
}

/** `01:30 doesn't exist in London that night: clocks go from 01:00 to 02:00.` */
function skippedWords(local: string, zone: string): string {
  const { from, to } = clockChange(local, zone)
  return `${local.slice(11)} doesn't exist in ${cityOf(zone)} that night: clocks go from ${from} to ${to}.`
}

/** `1 seat is taken`, `12 seats are taken`. */
export function takenWords(taken: number): string {
  return taken === 1 ? '1 seat is taken' : `${String(taken)} seats are taken`
}
