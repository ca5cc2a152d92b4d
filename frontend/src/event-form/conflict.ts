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

/**
 * The fields that differ between the form's start and the event in its current state, except those that have a value of
 * the viewer: in `mine`, or in a draft that was sent and got no answer.
 */
export function differences(start: Draft, now: EventItem, mine: readonly Draft[] = []): Difference[] {
  const [old, fresh, own] = [bodyOf(start), bodyOf(draftOf(now)), mine.map(bodyOf)]
  return (Object.keys(LABELS) as (keyof typeof LABELS)[])
    .filter((name) => [old, ...own].every((each) => !isSame(each[name], fresh[name])))
    .map((name) => ({ label: LABELS[name], was: valueWords(old[name]), is: valueWords(fresh[name]) }))
}

/** Compares two values of a field. The server folds white space, so a saved text may differ in it from the sent one. */
function isSame(one: unknown, other: unknown): boolean {
  const [text, otherText] = [one, other].map((each) => JSON.stringify(each).replace(/(?:\s|\\[nrt])+/g, ' '))
  return text === otherText
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
