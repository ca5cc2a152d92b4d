/** What is wrong with a draft, field by field, before the server is asked. The server has the last word. */

import { LIMITS } from '@/limits.generated'
import { momentOf } from '@/time/zones'
import { endsOf, startsOf, type Draft } from './draft'

/** Fields of the form that can be wrong; the server's names, where one field of it is two of ours. */
export type Field = 'title' | 'starts' | 'ends' | 'zone' | 'place' | 'link' | 'description' | 'tags' | 'capacity'

/** What is wrong with which field. */
export type Problems = ReadonlyMap<Field, string>

const EVENT = LIMITS.event

/** The longest event that the server takes. */
const EVENT_MAX_DAYS = 31

/** A character that can be seen; spaces and what is of zero width are none. */
const VISIBLE = /[^\p{Cc}\p{Cf}\p{Cn}\p{Z}]/u

/** What the form can express: the current minute is not the past. */
const MINUTE_MS = 60_000

/**
 * Checks a draft; an empty map where all is well. `before` is what an edit started from: what it left alone is well.
 * `taken` seats are given already.
 */
export function check(draft: Draft, now: number, before: Draft | null = null, taken = 0): Problems {
  const problems = new Map<Field, string>()
  const wrong = (field: Field, message: string | null): void => {
    if (message !== null) problems.set(field, message)
  }
  wrong('title', !VISIBLE.test(draft.title) ? 'Give it a title.' : tooLong(draft.title, EVENT.title.maxLength))
  wrong('place', tooLong(draft.place, EVENT.place.maxLength))
  wrong('description', tooLong(draft.description, EVENT.description.maxLength))
  wrong('link', linkProblem(draft.link.trim()))
  wrong('capacity', capacityProblem(draft.capacity.trim(), taken))
  if (!before || startOf(draft) !== startOf(before)) wrong('starts', startProblem(draft, now, before))
  if (!before || spanOf(draft) !== spanOf(before)) wrong('ends', endProblem(draft, now, before))
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

function tooLong(text: string, most: number): string | null {
  const over = Array.from(text).length - most
  return over > 0 ? `${String(over)} characters too many.` : null
}

function startProblem(draft: Draft, now: number, before: Draft | null): string | null {
  const starts = startsOf(draft)
  if (!starts) return 'Say when it starts.'
  const moment = momentOf(starts, draft.zone)
  if (moment === null) return 'The clocks of this zone skip that time.'
  // What runs already may get another start; only what has not begun does not move behind us.
  const begun = before !== null && (momentOf(startsOf(before), before.zone) ?? now) <= now
  return !begun && moment + MINUTE_MS <= now ? 'That is in the past.' : null
}

function endProblem(draft: Draft, now: number, before: Draft | null): string | null {
  const [starts, ends] = [momentOf(startsOf(draft), draft.zone), momentOf(endsOf(draft), draft.zone)]
  if (!endsOf(draft)) return draft.endDate || draft.endTime ? 'Give both the date and the time, or neither.' : null
  if (ends === null) return 'The clocks of this zone skip that time.'
  if (starts === null) return null
  if (ends <= starts) return 'It must end after it starts.'
  if (before && endOf(draft) !== endOf(before) && ends <= now) return 'That is in the past.'
  return ends - starts > EVENT_MAX_DAYS * 86_400_000 ? `It can last ${String(EVENT_MAX_DAYS)} days at most.` : null
}

function linkProblem(link: string): string | null {
  if (link === '') return null
  const url = URL.canParse(link) ? new URL(link) : null
  if (!url || !/^https?:$/.test(url.protocol) || /\s/.test(link))
    return 'This must be a web address, such as https://example.org.'
  return tooLong(link, EVENT.link.maxLength)
}

function capacityProblem(capacity: string, taken: number): string | null {
  if (capacity === '') return null
  const seats = Number(capacity)
  const { minimum, maximum } = EVENT.capacity
  if (!Number.isInteger(seats) || seats < minimum || seats > maximum)
    return `This must be a number from ${String(minimum)} to ${maximum.toLocaleString('en')}, or empty.`
  return seats < taken ? `${takenWords(taken)}; it can not have fewer.` : null
}

/** `1 seat is taken`, `12 seats are taken`. */
export function takenWords(taken: number): string {
  return taken === 1 ? '1 seat is taken' : `${String(taken)} seats are taken`
}
