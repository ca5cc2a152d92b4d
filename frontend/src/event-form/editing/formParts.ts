/** The parts of an event that two people can change at a time, and how the page names their values. Pure. */

import { formatNumber } from '@/text/numbers'
import { dayRange, daysOf } from '@/time/allDay'
import { shortDay, timeOfDay } from '@/time/timeText'
import { asUtc, cityOf } from '@/time/zones'
import { bodyOf, type Draft } from '@/event-form/draft'
import { choiceLabel, GROUPS, type Setting } from '@/event-form/privacy'
import { isSeats } from '@/event-form/seats'
import { DEFAULT_MINUTES } from '@/event-form/times/defaults'
import { momentsOfWhen, whenOf } from '@/event-form/times/times'

/** The fields of each part. The times are one part: a start of one person and an end of another make no event. */
export const PARTS = {
  title: ['title'],
  when: ['allDay', 'date', 'time', 'startFold', 'endDate', 'endTime', 'endFold', 'zone'],
  place: ['place'],
  link: ['link'],
  description: ['description'],
  tags: ['tags'],
  capacity: ['capacity'],
  waitlist: ['waitlist'],
  visibility: ['visibility'],
  joining: ['joining'],
  guest_list: ['guest_list'],
  guest_hint: ['guest_hint'],
} as const satisfies Record<string, readonly (keyof Draft)[]>

export type Part = keyof typeof PARTS

export const PART_NAMES = Object.keys(PARTS) as readonly Part[]

export const LABELS: Readonly<Record<Part, string>> = {
  title: 'Title',
  when: 'Date and time',
  place: 'Place',
  link: 'Link',
  description: 'Description',
  tags: 'Tags',
  capacity: 'Capacity',
  waitlist: 'Waitlist',
  visibility: GROUPS.visibility.legend,
  joining: GROUPS.joining.legend,
  guest_list: GROUPS.guest_list.legend,
  guest_hint: GROUPS.guest_hint.legend,
}

/** Longer texts are cut where the page names a value. */
const VALUE_MAX_CHARS = 80

/**
 * True if a part is the same in both drafts, as the server stores it: it folds white space and the case of tags, and gives
 * an event without an end its default length.
 */
export function isSame(part: Part, one: Draft, other: Draft): boolean {
  return keyOf(part, one) === keyOf(part, other)
}

function keyOf(part: Part, draft: Draft): string {
  if (part === 'when') return JSON.stringify(timesOf(draft))
  if (part === 'tags') return draft.tags.map((tag) => tag.toUpperCase()).join('\n')
  return JSON.stringify(bodyOf(draft)[part]).replace(/(?:\s|\\[nrt])+/g, ' ')
}

/** The zone, the start and the moment of the end; local times where the browser does not know the zone. */
function timesOf(draft: Draft): unknown[] {
  const when = whenOf(draft)
  const { allDay, starts, startsFold, ends } = when
  const { startsAt, endsAt } = momentsOfWhen(when, draft.zone)
  const defaultEnd = startsAt === null ? null : startsAt + DEFAULT_MINUTES * 60_000
  return [draft.zone, allDay, starts, startsFold, ends === '' ? defaultEnd : (endsAt ?? ends)]
}

/** The draft with one part of another. */
export function withPart(draft: Draft, part: Part, other: Draft): Draft {
  return { ...draft, ...Object.fromEntries(PARTS[part].map((field) => [field, other[field]])) }
}

/** The value of a part, as text: `“Room 2”`, `Fri 27 Nov 19:30 – 21:30 (Vienna)`, `empty`. */
export function valueWords(part: Part, draft: Draft): string {
  if (part === 'when') return whenWords(draft)
  const value = bodyOf(draft)[part]
  if (part === 'capacity') return isSeats(value as number | null) ? formatNumber(value as number) : 'no limit'
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  if (part in GROUPS) return choiceLabel(part as Setting, String(value))
  const text = Array.isArray(value) ? value.join(', ') : String(value ?? '')
  if (text === '') return 'empty'
  const characters = Array.from(text.replace(/\s+/g, ' '))
  const shown =
    characters.length > VALUE_MAX_CHARS ? `${characters.slice(0, VALUE_MAX_CHARS).join('')}…` : characters.join('')
  return Array.isArray(value) ? shown : `“${shown}”`
}

function whenWords(draft: Draft): string {
  const { allDay, starts, startsFold, ends, endsFold } = whenOf(draft)
  if (allDay && starts !== '' && ends > starts)
    return `${dayRange(daysOf({ starts, ends }))}, all day (${cityOf(draft.zone)})`
  const words = (local: string, fold: number, day: boolean): string => {
    const face = asUtc(local)
    return `${day ? `${shortDay(face, 'UTC')} ` : ''}${timeOfDay(face, 'UTC')}${fold === 1 ? ' (second)' : ''}`
  }
  if (starts === '') return 'empty'
  const end = ends === '' ? '' : ` – ${words(ends, endsFold, ends.slice(0, 10) !== starts.slice(0, 10))}`
  return `${words(starts, startsFold, true)}${end} (${cityOf(draft.zone)})`
}
