import { describe, expect, test } from 'vitest'
import { newsOf, type Absence } from '@/news/newsOf'
import type { OwnEvent } from '@/news/ownEvents'
import { card, STARTS_AT } from '../support/items'

const HOUR = 3_600_000
const NOW = STARTS_AT - HOUR
const KNOWN = card()

function own(change: Partial<OwnEvent> = {}): OwnEvent {
  return { ...KNOWN, standing: 'going', organizing: false, ...change }
}

const later = { starts: '2026-11-27T20:30', starts_at: STARTS_AT + HOUR }
const waiting = { standing: 'waitlisted' } as const
const cancelled = { status: 'cancelled' } as const
const organizing = { organizing: true }

/** Every transition: what the person knew, what is so now, and what is new about it. */
const TRANSITIONS: [string, Partial<OwnEvent>, Partial<OwnEvent> | { absent: Absence }, string[]][] = [
  ['nothing', {}, {}, []],
  ['another title is no news', {}, { title: 'Chess' }, []],
  ['moved up', waiting, {}, ['promoted']],
  ['still waiting', waiting, waiting, []],
  ['left and joined again, behind others', {}, waiting, []],
  ['called off', {}, cancelled, ['cancelled']],
  ['called off while waiting', waiting, { ...waiting, ...cancelled }, ['cancelled']],
  ['known as called off', cancelled, cancelled, []],
  ['called off, and its place changed: the first says all', {}, { ...cancelled, place: 'Room 2' }, ['cancelled']],
  ['moved up, and called off', waiting, cancelled, ['cancelled']],
  ['moved in time', {}, later, ['moved']],
  ['another end', {}, { ends: '2026-11-27T22:30', ends_at: KNOWN.ends_at + HOUR }, ['moved']],
  ['the second of two equal hours', {}, { starts_fold: 1, starts_at: STARTS_AT + HOUR }, ['moved']],
  ['new time zone rules of the server', {}, { starts_at: STARTS_AT + HOUR }, []],
  ['the same moment in another zone', {}, { starts: '2026-11-27T18:30', zone: 'Europe/London' }, []],
  ['another place', {}, { place: 'Room 2' }, ['relocated']],
  ['no place any more', {}, { place: '' }, ['relocated']],
  ['another link', {}, { link: 'https://example.org' }, ['relinked']],
  [
    'all at once',
    waiting,
    { ...later, place: '', link: 'https://a.example' },
    ['promoted', 'moved', 'relocated', 'relinked'],
  ],
  ['removed', {}, { absent: 'removed' }, ['removed']],
  ['removed from the waitlist', waiting, { absent: 'removed' }, ['removed']],
  ['deleted', {}, { absent: 'deleted' }, ['deleted']],
  ['a called-off event is deleted', cancelled, { absent: 'deleted' }, ['deleted']],
  ['gone, and the server was not asked yet', {}, { absent: 'unknown' }, []],
  ['the organizer moves it', organizing, { ...organizing, ...later, place: 'Room 2', link: 'https://a.example' }, []],
  ['the organizer calls it off', organizing, { ...organizing, ...cancelled }, []],
  ['the organizer deletes it', organizing, { absent: 'deleted' }, []],
  ['the organizer leaves it', organizing, { absent: 'removed' }, []],
  ['the organizer moves up', { ...organizing, ...waiting }, organizing, ['promoted']],
]

test.each(TRANSITIONS)('%s', (_, before, now, expected) => {
  const after = 'absent' in now ? now.absent : own(now)
  expect(newsOf(own(before), after, NOW).map(({ is }) => is)).toEqual(expected)
})

describe('a past event', () => {
  test.each(['deleted', 'removed'] as const)('that is %s is no news', (absence) => {
    expect(newsOf(own(), absence, KNOWN.ends_at)).toEqual([])
  })

  test('that changes is no news, and one that moves to a later time is', () => {
    expect(newsOf(own(), own({ place: 'Room 2' }), KNOWN.ends_at)).toEqual([])
    const moved = own({ ...later, ends: '2026-11-28T21:30', ends_at: KNOWN.ends_at + 24 * HOUR })
    expect(newsOf(own(), moved, KNOWN.ends_at)).toEqual([{ is: 'moved' }])
  })
})

test('a removal says from where', () => {
  expect(newsOf(own(waiting), 'removed', NOW)).toEqual([{ is: 'removed', was: 'waitlisted' }])
})
