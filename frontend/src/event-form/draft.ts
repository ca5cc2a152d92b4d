/** The form's fields, and the request bodies made of them. Pure. */

import type { EventDraft, EventEdit } from '@/api/generated'
import type { Card, EventItem } from '@/live/generated'
import { toLine, toLines } from '@/text/plainText'
import { addDays } from '@/time/weeks'
import { addMinutes, localTime } from '@/time/zones'
import { OPEN_TO_ALL, privacyIn, privacyMarks, privacyOf, type Privacy } from './privacy'
import { isSeats, seatsOf } from './seats'
import { normalLink } from './typedLink'
import { DEFAULT_MINUTES, DEFAULT_TIME } from '@/event-form/times/defaults'
import { previewTimes } from '@/event-form/times/previewTimes'
import { timeFieldsOf, whenOf, type TimeFields } from '@/event-form/times/times'

/** The form's fields, as a person types them. */
export interface Draft extends TimeFields, Privacy {
  title: string
  place: string
  link: string
  description: string
  tags: string[]
  /** Empty for no limit. */
  capacity: string
  waitlist: boolean
}

/** A new form: this evening's next full hour or, late in the day, tomorrow's. */
export function emptyDraft(now: number, zone: string): Draft {
  const later = localTime(now + 3_600_000, zone)
  const hour = Number(later.slice(11, 13))
  const day = later.slice(0, 10)
  const starts = `${hour < 19 ? day : addDays(day, 1)}T${DEFAULT_TIME}`
  return {
    title: '',
    ...timeFieldsOf({ starts, ends: addMinutes(starts, DEFAULT_MINUTES), zone }),
    place: '',
    link: '',
    description: '',
    tags: [],
    capacity: '',
    waitlist: true,
    ...OPEN_TO_ALL,
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
    ...privacyOf(event),
  }
}

/** The fields of a draft that can change at any time, with all others of another. */
export function withTextsOf(draft: Draft, other: Draft): Draft {
  const { title, place, link, description, tags } = draft
  return { ...other, title, place, link, description, tags, ...privacyIn(draft) }
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
    ...(when.allDay && { all_day: true }),
    zone: draft.zone,
    place: toLine(draft.place),
    link: normalLink(draft.link),
    description: toLines(draft.description),
    tags: draft.tags,
    capacity: seatsOf(draft.capacity),
    waitlist: draft.waitlist,
    ...privacyIn(draft),
  }
}

/** The fields that differ. Edits of different fields by two people thus do not undo each other. */
export function editOf(before: Draft, after: Draft): EventEdit {
  const [old, fresh] = [bodyOf(before), bodyOf(after)]
  const names = (Object.keys({ ...old, ...fresh }) as (keyof EventDraft)[]).filter(
    (name) => JSON.stringify(old[name]) !== JSON.stringify(fresh[name]),
  )
  // A body leaves out a fold of 0, but a new time without a fold would mean the first.
  const edit: EventEdit = Object.fromEntries(names.map((name) => [name, fresh[name] ?? LEFT_OUT[name] ?? null]))
  if (edit.starts !== undefined && fresh.starts_fold) edit.starts_fold = fresh.starts_fold
  if (edit.ends && fresh.ends_fold) edit.ends_fold = fresh.ends_fold
  return edit
}

/** The values of fields that a body leaves out. */
const LEFT_OUT: Partial<EventDraft> = { starts_fold: 0, ends_fold: 0, all_day: false }

/** The card that the list will show for this draft. */
export function previewOf(draft: Draft, organizer: string, now: number, before: EventItem | null): Card {
  const body = bodyOf(draft)
  const times = previewTimes(draft, before?.starts_at ?? now)
  return {
    kind: 'card',
    key: 'card:preview',
    rank: times.starts_at,
    id: 'preview',
    version: 1,
    status: before?.status ?? 'scheduled',
    title: body.title || 'Your title',
    organizer: { id: '', name: organizer },
    ...times,
    place: body.place ?? '',
    link: body.link ?? '',
    tags: draft.tags,
    capacity: isSeats(body.capacity) ? body.capacity : null,
    waitlist: draft.waitlist,
    going: before?.going ?? 0,
    waiting: before?.waiting ?? 0,
    faces: before?.faces ?? [],
    newest: before?.newest ?? [],
    ...privacyMarks(draft),
  }
}
