/** The form's fields, and the request bodies made of them. Pure. */

import type { EventDraft, EventEdit } from '@/api/generated'
import type { Card, EventItem } from '@/live/generated'
import { toLine, toLines } from '@/text/plainText'
import { addDays } from '@/time/weeks'
import { addMinutes, isZone, localTime, momentOf } from '@/time/zones'
import { isSeats, seatsOf } from './seats'
import { normalLink } from './typedLink'
import { timeFieldsOf, whenOf, type TimeFields } from '@/event-form/times/times'

/** The form's fields, as a person types them. */
export interface Draft extends TimeFields {
  title: string
  place: string
  link: string
  description: string
  tags: string[]
  /** Empty for no limit. */
  capacity: string
  waitlist: boolean
}

/** The duration of an event without an end. */
export const DEFAULT_MINUTES = 120

/** A new form: this evening's next full hour or, late in the day, tomorrow's. */
export function emptyDraft(now: number, zone: string): Draft {
  const later = localTime(now + 3_600_000, zone)
  const hour = Number(later.slice(11, 13))
  const day = later.slice(0, 10)
  const starts = hour < 19 ? `${day}T19:00` : `${addDays(day, 1)}T19:00`
  return {
    title: '',
    ...timeFieldsOf({ starts, ends: addMinutes(starts, DEFAULT_MINUTES), zone }),
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
    ...timeFieldsOf(event),
    place: event.place,
    link: event.link,
    description: event.description,
    tags: [...event.tags],
    capacity: event.capacity?.toString() ?? '',
    waitlist: event.waitlist,
  }
}

/** The texts of a draft, with all other fields of another. */
export function withTextsOf(draft: Draft, other: Draft): Draft {
  const { title, place, link, description, tags } = draft
  return { ...other, title, place, link, description, tags }
}

/** The body of a new event. */
export function bodyOf(draft: Draft): EventDraft {
  const when = whenOf(draft)
  return {
    title: toLine(draft.title),
    starts: when.starts,
    ends: when.ends === '' ? null : when.ends,
    ...(when.startsFold === 1 && { starts_fold: 1 }),
    ...(when.endsFold === 1 && { ends_fold: 1 }),
    zone: draft.zone,
    place: toLine(draft.place),
    link: normalLink(draft.link),
    description: toLines(draft.description),
    tags: draft.tags,
    capacity: seatsOf(draft.capacity),
    waitlist: draft.waitlist,
  }
}

/** The fields that differ. Edits of different fields by two people thus do not undo each other. */
export function editOf(before: Draft, after: Draft): EventEdit {
  const [old, fresh] = [bodyOf(before), bodyOf(after)]
  const names = (Object.keys({ ...old, ...fresh }) as (keyof EventDraft)[]).filter(
    (name) => JSON.stringify(old[name]) !== JSON.stringify(fresh[name]),
  )
  // A body leaves out a fold of 0, but a new time without a fold would mean the first.
  const edit: EventEdit = Object.fromEntries(names.map((name) => [name, fresh[name] ?? (isFold(name) ? 0 : null)]))
  if (edit.starts !== undefined && fresh.starts_fold) edit.starts_fold = fresh.starts_fold
  if (edit.ends && fresh.ends_fold) edit.ends_fold = fresh.ends_fold
  return edit
}

function isFold(name: keyof EventDraft): boolean {
  return name === 'starts_fold' || name === 'ends_fold'
}

/** The card that the list will show for this draft. */
export function previewOf(draft: Draft, organizer: string, now: number, before: EventItem | null): Card {
  const body = bodyOf(draft)
  const startsAt = momentOf(body.starts, draft.zone, body.starts_fold) ?? before?.starts_at ?? now
  const endsAt = momentOf(body.ends ?? '', draft.zone, body.ends_fold) ?? startsAt + DEFAULT_MINUTES * 60_000
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
    capacity: isSeats(body.capacity) ? body.capacity : null,
    waitlist: draft.waitlist,
    going: before?.going ?? 0,
    waiting: before?.waiting ?? 0,
    faces: before?.faces ?? [],
    newest: before?.newest ?? [],
  }
}
