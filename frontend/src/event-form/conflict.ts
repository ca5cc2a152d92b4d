/** What somebody else has changed while a form was open. Pure. */

import type { EventItem } from '@/live/generated'
import { bodyOf, draftOf, type Draft } from './draft'

const LABELS = {
  title: 'Title',
  starts: 'Start',
  ends: 'End',
  zone: 'Time zone',
  place: 'Place',
  link: 'Link',
  description: 'Description',
  tags: 'Tags',
  capacity: 'Seats',
  waitlist: 'Waitlist',
} as const

/** One field that is different now. */
export interface Difference {
  label: string
  was: string
  is: string
}

/** The fields of an event that differ between what the form started from and what is there now. */
export function differences(start: Draft, now: EventItem): Difference[] {
  const [old, fresh] = [bodyOf(start), bodyOf(draftOf(now))]
  return (Object.keys(LABELS) as (keyof typeof LABELS)[])
    .filter((name) => JSON.stringify(old[name]) !== JSON.stringify(fresh[name]))
    .map((name) => ({ label: LABELS[name], was: shown(old[name]), is: shown(fresh[name]) }))
}

/** A form that keeps what its person changed, on top of what is there now. */
export function rebased(start: Draft, mine: Draft, now: EventItem): Draft {
  const fresh = draftOf(now)
  const changed = (Object.keys(mine) as (keyof Draft)[]).filter(
    (name) => JSON.stringify(mine[name]) !== JSON.stringify(start[name]),
  )
  return { ...fresh, ...Object.fromEntries(changed.map((name) => [name, mine[name]])) }
}

function shown(value: unknown): string {
  if (value === null || value === undefined || value === '') return 'nothing'
  if (Array.isArray(value)) return value.length > 0 ? value.join(', ') : 'nothing'
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  return typeof value === 'string' ? `“${value}”` : JSON.stringify(value)
}
