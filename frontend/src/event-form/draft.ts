/** The form's fields, and the request bodies made of them. Pure. */

import type { EventDraft, EventEdit } from '@/api/generated'
import type { Card, EventItem } from '@/live/generated'
import { toLine, toLines, toLink } from '@/text/plainText'
import { addMinutes, isZone, localTime, momentOf } from '@/time/zones'

/** The form's fields, as a person types them. */
export interface Draft {
  title: string
  date: string
  time: string
  endDate: string
  endTime: string
  zone: string
  place: string
  link: string
  description: string
  tags: string[]
  /** Empty for no limit. */
  capacity: string
  waitlist: boolean
}

/** The last day that the server takes. */
export const LAST_DAY = '2100-12-31'
/** A date of the calendar, whose year has four digits. A date field takes six. */
const DAY = /^\d{4}-\d{2}-\d{2}$/

/** The duration of an event without an end. */
export const DEFAULT_MINUTES = 120

/** A new form: this evening's next full hour or, late in the day, tomorrow's. */
export function emptyDraft(now: number, zone: string): Draft {
  const later = localTime(now + 3_600_000, zone)
  const hour = Number(later.slice(11, 13))
  const day = later.slice(0, 10)
  const starts = hour < 19 ? `${day}T19:00` : addMinutes(`${day}T19:00`, 24 * 60)
  return {
    title: '',
    ...startFields(starts),
    ...endFields(addMinutes(starts, DEFAULT_MINUTES)),
    zone,
    place: '',
    link: '',
    description: '',
    tags: [],
    capacity: '',
    waitlist: true,
  }
}

/** The form of an existing event. */
export function draftOf(event: EventItem): Draft {
  return {
    title: event.title,
    ...startFields(event.starts),
    ...endFields(event.ends),
    zone: event.zone,
    place: event.place,
    link: event.link,
    description: event.description,
    tags: [...event.tags],
    capacity: event.capacity?.toString() ?? '',
    waitlist: event.waitlist,
  }
}

function startFields(local: string): Pick<Draft, 'date' | 'time'> {
  return { date: local.slice(0, 10), time: local.slice(11, 16) }
}

function endFields(local: string): Pick<Draft, 'endDate' | 'endTime'> {
  return { endDate: local.slice(0, 10), endTime: local.slice(11, 16) }
}

/** The local time of the start; empty until both date and time are entered. */
export function startsOf({ date, time }: Draft): string {
  return date && time ? `${date}T${time}` : ''
}

/** The local time of the end; empty until both date and time are entered. */
export function endsOf({ endDate, endTime }: Draft): string {
  return endDate && endTime ? `${endDate}T${endTime}` : ''
}

/** Changes the start of a draft. The end moves along, so that the duration stays the same. */
export function withStart(before: Draft, change: Partial<Pick<Draft, 'date' | 'time'>>): Draft {
  const after = { ...before, ...change }
  const [from, to, end] = [startsOf(before), startsOf(after), endsOf(before)]
  if (!from || !to || !end) return after
  const minutes = (Date.parse(`${to}Z`) - Date.parse(`${from}Z`)) / 60_000
  if (!isDay(after.date) || Number.isNaN(minutes)) return after
  return { ...after, ...endFields(addMinutes(end, minutes)) }
}

/** True for a day up to `LAST_DAY`. */
export function isDay(date: string): boolean {
  return DAY.test(date) && date <= LAST_DAY
}

/** The body of a new event. */
export function bodyOf(draft: Draft): EventDraft {
  const ends = endsOf(draft)
  return {
    title: toLine(draft.title),
    starts: startsOf(draft),
    ends: ends === '' ? null : ends,
    zone: draft.zone,
    place: toLine(draft.place),
    link: toLink(draft.link),
    description: toLines(draft.description),
    tags: draft.tags,
    capacity: draft.capacity.trim() === '' ? null : Number(draft.capacity),
    waitlist: draft.waitlist,
  }
}

/** The fields that differ. Edits of different fields by two people thus do not undo each other. */
export function editOf(before: Draft, after: Draft): EventEdit {
  const [old, fresh] = [bodyOf(before), bodyOf(after)]
  const names = (Object.keys(fresh) as (keyof EventDraft)[]).filter(
    (name) => JSON.stringify(old[name]) !== JSON.stringify(fresh[name]),
  )
  return Object.fromEntries(names.map((name) => [name, fresh[name]]))
}

/** The card that the list will show for this draft. */
export function previewOf(draft: Draft, organizer: string, now: number, before: EventItem | null): Card {
  const body = bodyOf(draft)
  const startsAt = momentOf(body.starts, draft.zone) ?? before?.starts_at ?? now
  const endsAt = momentOf(body.ends ?? '', draft.zone) ?? startsAt + DEFAULT_MINUTES * 60_000
  const localIn = (moment: number, typed: string): string => {
    if (isZone(draft.zone)) return localTime(moment, draft.zone)
    return typed === '' ? localTime(moment, 'UTC') : typed
  }
  return {
    kind: 'card',
    key: 'card:preview',
    rank: startsAt,
    id: 'preview',
    version: 1,
    status: before?.status ?? 'scheduled',
    title: body.title || 'Your title',
    organizer: { id: '', name: organizer },
    starts: localIn(startsAt, body.starts),
    ends: localIn(Math.max(endsAt, startsAt), body.ends ?? ''),
    zone: draft.zone,
    starts_at: startsAt,
    ends_at: Math.max(endsAt, startsAt),
    place: body.place ?? '',
    link: body.link ?? '',
    tags: draft.tags,
    capacity: body.capacity && Number.isFinite(body.capacity) ? body.capacity : null,
    waitlist: draft.waitlist,
    going: before?.going ?? 0,
    waiting: before?.waiting ?? 0,
    faces: before?.faces ?? [],
    newest: before?.newest ?? [],
  }
}
