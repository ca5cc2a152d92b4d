import { describe, expect, test } from 'vitest'
import type { ChangedValue, NoticeItem } from '@/live/generated'
import { changedFacts, combineChanges } from '@/news/changedFacts'
import { markWords, noticeText } from '@/news/noticeWords'
import { timeOfDay } from '@/time/timeText'
import { asUtc } from '@/time/zones'
import { notice } from '../support/items'

const VIENNA = { event: 'Europe/Vienna', viewer: 'Europe/Vienna' }
const plain = (text: string): string => text.replaceAll(/[\u2068\u2069]/g, '')
/** `19:30` and so on, as the system of this test writes it. */
const time = (local: string): string => timeOfDay(asUtc(`2026-11-27T${local}`), 'UTC')

function change(field: ChangedValue['field'], before = '', after = ''): ChangedValue {
  return { field, before, after }
}

const later = change('starts', '2026-11-27T19:30', '2026-11-27T20:30')
const nextDay = change('starts', '2026-11-27T19:30', '2026-11-28T19:30')
const longer = change('ends', '2026-11-27T21:30', '2026-11-27T22:30')

describe('the text of a notice', () => {
  test.each<[Partial<NoticeItem>, string]>([
    [{ what: 'promoted', party: 1 }, "You moved up: you're going to Board games."],
    [{ what: 'promoted', party: 3 }, 'You moved up: you have 3 seats at Board games.'],
    [{ what: 'removed' }, 'You were taken off the list for Board games.'],
    [{ what: 'called-off' }, 'Board games was called off.'],
    [{ what: 'deleted' }, 'Board games was deleted.'],
    [{ what: 'approved', party: 1 }, 'Your request for Board games was approved.'],
    [{ what: 'declined' }, 'Your request for Board games was declined.'],
    [{ what: 'cohost', by: 'Olga' }, 'Olga made you a co-host of Board games.'],
    [{ what: 'organizer' }, 'A host handed Board games over to you. You organize it now.'],
    [{ what: 'asked', by: 'Bo', party: 2 }, 'Bo asks for 2 seats at Board games.'],
    [{ what: 'asked', party: 1 }, 'Someone asks for 1 seat at Board games.'],
    [{ what: 'message', by: 'Olga', text: 'Bring a coat.' }, 'Olga wrote to the guests of Board games. Bring a coat.'],
    [{ what: 'reminder', lead: 'day' }, 'Board games starts in less than a day.'],
    [{ what: 'reminder', lead: 'two-hours' }, 'Board games starts in less than two hours.'],
    [{ what: 'of a newer server' as 'asked' }, 'There is something new about Board games.'],
    [{ what: 'changed', changes: [] }, 'Board games has changed.'],
  ])('%j', (item, text) => {
    expect(plain(noticeText(notice(1, item), VIENNA))).toBe(text)
  })

  test.each<[string, ChangedValue[], string]>([
    ['another hour', [later, longer], `Board games is now ${time('20:30')} (was ${time('19:30')}).`],
    ['another day', [nextDay], `Board games is now Sat 28 Nov, ${time('19:30')} (was Fri 27 Nov, ${time('19:30')}).`],
    ['another end', [longer], `Board games is now until ${time('22:30')} (was until ${time('21:30')}).`],
    ['the first place', [change('place', '', 'The depot')], 'Board games is now at The depot.'],
    ['no place', [change('place', 'The depot')], 'Board games is no longer at The depot.'],
    ['a link', [change('link', '', 'https://a.example')], 'Board games has a new link.'],
    ['no link', [change('link', 'https://a.example')], 'Board games has no link any more.'],
    [
      'several, the title first',
      [change('place', 'A', 'B'), change('title', 'Chess', 'Board games'), change('description')],
      "Chess is called Board games now. It's now at B (was A). It has new details.",
    ],
    [
      'another zone',
      [change('zone', 'Europe/Vienna', 'Europe/London')],
      'Board games is now on the clocks of London (was Vienna).',
    ],
    [
      'the second of two equal local times',
      [change('starts', '2026-10-25T02:30', '2026-10-25T02:30')],
      `Board games is now the other ${timeOfDay(asUtc('2026-10-25T02:30'), 'UTC')}.`,
    ],
  ])('%s', (_, changes, text) => {
    expect(plain(noticeText(notice(1, { what: 'changed', changes }), VIENNA))).toBe(text)
  })

  const [noon, night] = ['2026-12-05T12:00', '2026-12-05T23:00']
  test.each<[string, ChangedValue[], string]>([
    [
      'another day',
      [change('starts', '2026-12-05', '2026-12-12'), change('ends', '2026-12-05', '2026-12-12')],
      'Board games is now Sat 12 Dec (was Sat 5 Dec).',
    ],
    [
      'other days',
      [change('starts', '2026-12-05', '2026-12-31'), change('ends', '2026-12-06', '2027-01-01')],
      'Board games is now Thu 31 Dec – Fri 1 Jan (was Sat 5 – Sun 6 Dec).',
    ],
    [
      'another first day',
      [change('starts', '2026-12-05', '2026-12-04')],
      'Board games is now from Fri 4 Dec (was from Sat 5 Dec).',
    ],
    [
      'another last day',
      [change('ends', '2026-12-05', '2026-12-06')],
      'Board games is now until Sun 6 Dec (was until Sat 5 Dec).',
    ],
    [
      'days instead of times',
      [change('starts', noon, '2026-12-05'), change('ends', night, '2026-12-06')],
      `Board games is now Sat 5 – Sun 6 Dec, all day (was Sat 5 Dec, ${time('12:00')}).`,
    ],
    [
      'times instead of days',
      [change('starts', '2026-12-05', noon), change('ends', '2026-12-05', night)],
      `Board games is now Sat 5 Dec, ${time('12:00')} in Vienna (was Sat 5 Dec, all day).`,
    ],
  ])('of an all-day event: %s', (_, changes, text) => {
    const inLondon = { event: 'Europe/Vienna', viewer: 'Europe/London' }
    expect(plain(noticeText(notice(1, { what: 'changed', changes }), inLondon))).toBe(text)
  })

  test('keeps the direction of names to themselves', () => {
    expect(noticeText(notice(1, { title: 'לילה טוב!' }), VIENNA)).toBe('\u2068לילה טוב!\u2069 was called off.')
  })
})

test.each([
  ['Europe/Berlin', 'Europe/Vienna', ''],
  ['Europe/Vienna', 'Europe/London', ' in Vienna'],
  [null, 'Europe/London', ' local time'],
])('a time of %s says so to a viewer in %s: "%s"', (event, viewer, note) => {
  const fact = { fact: 'time', before: time('19:30'), after: time('20:30') + note }
  expect(changedFacts([later], { event, viewer })).toEqual([fact])
})

test('changes of a change are one, and what was changed back is none', () => {
  const there = change('place', 'A', 'B')
  expect(combineChanges([there, change('place', 'B', 'C'), later])).toEqual([change('place', 'A', 'C'), later])
  expect(combineChanges([there, change('place', 'B', 'A'), change('description')])).toEqual([change('description')])
})

test('the page says what each fact was', () => {
  const changes = [change('place', 'Room 2', 'The depot'), change('link', '', 'https://a.example')]
  const marks = markWords([notice(1, { what: 'promoted' }), notice(2, { what: 'changed', changes })], VIENNA)
  expect(marks).toEqual([
    { fact: 'You moved up', more: 'you were on the waitlist' },
    { fact: 'New place', more: 'was Room 2' },
    { fact: 'New link', more: 'there was none' },
  ])
})
