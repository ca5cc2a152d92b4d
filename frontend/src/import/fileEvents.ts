/** The events of a file, as the page shows them. Pure. */
import type { EventDraft, ImportResult, ImportRow, RowError } from '@/api/generated'
import { GROUPS } from '@/event-form/privacy'
import { DEFAULT_MINUTES } from '@/event-form/times/defaults'
import type { Card } from '@/live/generated'
import type { Times } from '@/time/eventTimes'
import { addMinutes, asUtc, momentOf } from '@/time/zones'

const DAY_MINUTES = 24 * 60

/** An event of a file. */
export interface FileEvent {
  /** Its number in the file. */
  number: number
  /** `Line 3` of a table, or the UID in a calendar. */
  source: string
  title: string
  /** The body of the new event; null if it has errors. */
  draft: EventDraft | null
  /** The Idempotency-Key of the new event: the same for the same event of the same file. */
  key: string
  /** For the texts of its times; null if it has errors. */
  times: (Times & Pick<Card, 'place'>) | null
  /** Sentences: why it cannot be added. */
  errors: readonly string[]
  /** Sentences about what differs from the file. */
  notes: readonly string[]
  /** The reason for which it is not chosen at first; empty for none. */
  duplicate: '' | 'Twice in this file' | 'You have this event'
}

/** A choice of events by their numbers. */
export type Chosen = ReadonlySet<number>

const LABELS: Readonly<Record<string, string | undefined>> = {
  title: 'Title',
  starts: 'Start',
  ends: 'End',
  starts_fold: 'Start',
  ends_fold: 'End',
  zone: 'Time zone',
  place: 'Place',
  link: 'Link',
  description: 'Description',
  tags: 'Tags',
  capacity: 'Seats',
  waitlist: 'Waitlist',
  visibility: GROUPS.visibility.legend,
  joining: GROUPS.joining.legend,
  guest_list: GROUPS.guest_list.legend,
  guest_hint: GROUPS.guest_hint.legend,
}

/** The events of a file in its order. */
export function fileEvents({ rows = [] }: ImportResult): FileEvent[] {
  const seen = new Map<string, number>()
  return rows.map((row, number) => {
    const key = row.key ?? ''
    const before = seen.get(key) ?? 0
    seen.set(key, before + 1)
    const draft = (row.draft ?? null) as EventDraft | null // docs/protocol.md, "Import"
    return {
      number,
      source: sourceWords(row.source),
      title: row.title,
      draft,
      key: row.is_duplicate ? `${key}-copy-${String(before + 1)}` : key,
      times: draft && timesOf(draft, row.starts_at ?? 0),
      errors: (row.errors ?? []).map(errorWords),
      notes: row.notes ?? [],
      duplicate: duplicateWords(row, before),
    }
  })
}

/** The events that are chosen at first: those that can be added, and are not there already. */
export function chosenAtFirst(events: readonly FileEvent[]): Set<number> {
  return new Set(events.filter((each) => each.draft && each.duplicate === '').map(({ number }) => number))
}

/** `Start must be a local time such as 2026-11-27 19:30.` A problem of the whole event is a sentence already. */
export function errorWords({ field, message }: RowError): string {
  const words = field === '' ? message : `${labelOf(field)} ${message}`
  return /[.!?]$/.test(words) ? words : `${words}.`
}

/** The name of a field, as the form has it: `Tags` for `tags.0`. */
export function labelOf(field: string): string {
  const name = field.split('.')[0] ?? ''
  return LABELS[name] ?? name
}

/** The times of a draft. Without an end, the event has the length that the server gives it: a day if it is all-day. */
export function timesOf(draft: EventDraft, startsAt: number): Times & Pick<Card, 'place'> {
  const starts = draft.starts.slice(0, 16)
  const ends = draft.ends?.slice(0, 16) ?? addMinutes(starts, draft.all_day ? DAY_MINUTES : DEFAULT_MINUTES)
  // Only the server knows the moments of a zone that is new to the browser.
  const length = asUtc(ends) - asUtc(starts)
  const endsAt = draft.ends == null ? null : momentOf(ends, draft.zone, draft.ends_fold)
  return {
    ...draft,
    place: draft.place ?? '',
    starts,
    ends,
    starts_at: startsAt,
    ends_at: endsAt ?? startsAt + length,
    all_day: draft.all_day ? true : undefined,
  }
}

function sourceWords(source: string): string {
  return source.replace(/^line /, 'Line ')
}

function duplicateWords({ is_duplicate: isDuplicate = false }: ImportRow, before: number): FileEvent['duplicate'] {
  if (!isDuplicate) return ''
  return before > 0 ? 'Twice in this file' : 'You have this event'
}
