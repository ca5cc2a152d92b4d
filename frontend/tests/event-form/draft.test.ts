import { describe, expect, test } from 'vitest'
import { validate, type Field } from '@/event-form/validation'
import { differences, rebase } from '@/event-form/conflict'
import { bodyOf, draftOf, editOf, emptyDraft, previewOf, withStart, type Draft } from '@/event-form/draft'
import { LIMITS } from '@/limits.generated'
import { event } from '../support/items'

const NOW = Date.UTC(2026, 10, 22, 12)
const VIENNA = 'Europe/Vienna'

function draft(change: Partial<Draft> = {}): Draft {
  return { ...draftOf(event()), ...change }
}

describe('a new form', () => {
  test('starts this evening, or the next one, and lasts two hours', () => {
    expect(emptyDraft(NOW, VIENNA)).toMatchObject({
      date: '2026-11-22',
      time: '19:00',
      endDate: '2026-11-22',
      endTime: '21:00',
      zone: VIENNA,
    })
    expect(emptyDraft(Date.UTC(2026, 10, 22, 18), VIENNA).date).toBe('2026-11-23')
    expect(emptyDraft(Date.UTC(2026, 11, 31, 23, 30), VIENNA).date).toBe('2027-01-01')
  })

  test('moving the start moves the end along', () => {
    const moved = withStart(draft(), { time: '22:30' })
    expect(moved).toMatchObject({ time: '22:30', endDate: '2026-11-28', endTime: '00:30' })
    expect(withStart(draft({ endDate: '', endTime: '' }), { time: '22:30' }).endTime).toBe('')
  })
})

describe('the request body', () => {
  test('a whole event', () => {
    expect(bodyOf(draft({ title: '  Go  ', capacity: ' 12 ' }))).toMatchObject({
      title: 'Go',
      starts: '2026-11-27T19:30',
      ends: '2026-11-27T21:30',
      zone: VIENNA,
      capacity: 12,
      waitlist: true,
    })
    expect(bodyOf(draft({ capacity: '', endDate: '', endTime: '' }))).toMatchObject({ capacity: null, ends: null })
  })

  test('an edit contains only the fields that differ', () => {
    expect(editOf(draft(), draft())).toEqual({})
    expect(editOf(draft(), draft({ title: 'Go', tags: [] }))).toEqual({ title: 'Go', tags: [] })
    expect(editOf(draft(), draft({ capacity: '' }))).toEqual({ capacity: null })
  })
})

describe('validation', () => {
  const TABLE: [string, Partial<Draft>, Field | null][] = [
    ['nothing', {}, null],
    ['no title', { title: '   ' }, 'title'],
    ['a title that just fits', { title: 'x'.repeat(LIMITS.event.title.maxLength) }, null],
    ['a title one too long', { title: 'x'.repeat(LIMITS.event.title.maxLength + 1) }, 'title'],
    ['emoji count as one character each', { title: '🎲'.repeat(LIMITS.event.title.maxLength) }, null],
    ['no start', { time: '' }, 'starts'],
    ['a start in the past', { date: '2026-11-20', endDate: '2026-11-20' }, 'starts'],
    [
      'a start that the clocks skip',
      { date: '2027-03-28', time: '02:30', endDate: '2027-03-28', endTime: '04:00' },
      'starts',
    ],
    ['an end before the start', { endTime: '19:00' }, 'ends'],
    ['an end without a day', { endDate: '' }, 'ends'],
    ['no end at all', { endDate: '', endTime: '' }, null],
    ['five weeks', { endDate: '2027-01-05' }, 'ends'],
    ['a link without a scheme', { link: 'example.org' }, 'link'],
    ['a link that runs something', { link: 'javascript:alert(1)' }, 'link'],
    ['a link', { link: 'https://example.org/?a=b' }, null],
    ['no limit of seats', { capacity: '' }, null],
    ['no seats', { capacity: '0' }, 'capacity'],
    ['half a seat', { capacity: '1.5' }, 'capacity'],
    ['words for seats', { capacity: 'many' }, 'capacity'],
    ['a title without a visible character', { title: '\u200b\u2060' }, 'title'],
    ['too many seats', { capacity: String(LIMITS.event.capacity.maximum + 1) }, 'capacity'],
  ]
  test.each(TABLE)('%s', (_, change, field) => {
    expect([...validate(draft(change), NOW).keys()]).toEqual(field === null ? [] : [field])
  })

  test('fewer seats than are taken', () => {
    const seats = (capacity: string, taken: number): string | undefined =>
      validate(draft({ capacity }), NOW, draft(), taken).get('capacity')
    expect(seats('3', 3)).toBeUndefined()
    expect(seats('2', 3)).toBe("3 seats are taken, so this can't be lower.")
    expect(seats('', 3)).toBeUndefined()
  })

  describe('with an event that is there', () => {
    const RUNS = draft({ date: '2026-11-22', time: '12:00', endDate: '2026-11-22', endTime: '14:00' })
    const OVER = draft({ date: '2020-01-01', endDate: '2020-01-01' })

    test.each<[string, Draft, Partial<Draft>, Field | null]>([
      ['texts of a past event', OVER, { title: 'Go' }, null],
      ['a longer end of one that runs', RUNS, { endTime: '18:00' }, null],
      ['another start of one that runs', RUNS, { time: '11:00' }, null],
      ['an end of one that runs that is behind us', RUNS, { endTime: '12:30' }, 'ends'],
      ['an end before the start', RUNS, { endTime: '11:00' }, 'ends'],
      ['half an end', RUNS, { endTime: '' }, 'ends'],
      ['a start behind us of one that has not begun', draft(), { date: '2026-11-20' }, 'starts'],
      [
        'a zone that moves both behind us',
        draft({ date: '2026-11-22', endDate: '2026-11-22', time: '13:30', endTime: '14:00' }),
        { zone: 'Asia/Tokyo' },
        'starts',
      ],
    ])('%s', (_, before, change, field) => {
      expect([...validate({ ...before, ...change }, NOW, before).keys()][0] ?? null).toBe(field)
    })
  })
})

describe('another person saved first', () => {
  const theirs = event({ version: 2, title: 'Chess', capacity: 8 })

  test('their changes are listed with the old and the new value', () => {
    expect(differences(draft(), theirs)).toEqual([
      { label: 'Title', was: '“Board games”', is: '“Chess”' },
      { label: 'Capacity', was: '4', is: '8' },
    ])
  })

  test('the viewer’s changes are applied on top of theirs', () => {
    expect(rebase(draft(), draft({ title: 'Go', place: 'Here' }), theirs)).toMatchObject({
      title: 'Go',
      place: 'Here',
      capacity: '8',
    })
  })
})

test('the preview is the card that will be', () => {
  expect(previewOf(draft({ title: '' }), 'Ada', NOW, null)).toMatchObject({
    title: 'Your title',
    organizer: { name: 'Ada' },
    going: 0,
    capacity: 4,
  })
  expect(previewOf(draft({ time: '' }), 'Ada', NOW, null).starts_at).toBe(NOW)
})
