/** Compares a draft with the changes that another person saved meanwhile. Pure. */

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
  capacity: 'Capacity',
  waitlist: 'Waitlist',
} as const

/** One field that differs. */
export interface Difference {
  label: string
  was: string
  is: string
}

/** The fields that differ between the form's start and the event in its current state. */
export function differences(start: Draft, now: EventItem): Difference[] {
  const [old, fresh] = [bodyOf(start), bodyOf(draftOf(now))]
  return (Object.keys(LABELS) as (keyof typeof LABELS)[])
    .filter((name) => JSON.stringify(old[name]) !== JSON.stringify(fresh[name]))
    .map((name) => ({ label: LABELS[name], was: valueWords(old[name]), is: valueWords(fresh[name]) }))
}

/** The viewer's changes on top of the event in its current state. */
export function rebase(start: Draft, mine: Draft, now: EventItem): Draft {
  const fresh = draftOf(now)
  const changed = (Object.keys(mine) as (keyof Draft)[]).filter(
    (name) => JSON.stringify(mine[name]) !== JSON.stringify(start[name]),
  )
  return { ...fresh, ...Object.fromEntries(changed.map((name) => [name, mine[name]])) }
}

function valueWords(value: unknown): string {
  if (value === null || value === undefined || value === '') return 'empty'
  if (Array.isArray(value)) return value.length > 0 ? value.join(', ') : 'empty'
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  return typeof value === 'string' ? `“${value}”` : JSON.stringify(value)
}
