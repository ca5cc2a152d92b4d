import { describe, expect, test } from 'vitest'
import { bodyOf, draftOf, editOf, previewOf, type Draft } from '@/event-form/draft'
import { merge } from '@/event-form/editing/merge'
import { endWords } from '@/event-form/times/timeWords'
import { momentsOfWhen, timeFieldsOf, whenOf, type TimeFields } from '@/event-form/times/times'
import { withAllDay, withFirstDay } from '@/event-form/times/wholeDays'
import { validate, type Field } from '@/event-form/validation'
import { clock } from '../support/clock'
import { event } from '../support/items'

const NOW = Date.UTC(2026, 10, 22, 12)
const VIENNA = 'Europe/Vienna'
const FAIR = { starts: '2026-11-28T00:00', ends: '2026-11-30T00:00', all_day: true } as const

const DAY_ORDER = "The last day can't be before the first."

/** The draft of an evening on 27 November, from 19:30 to 21:30. */
function evening(change: Partial<Draft> = {}): Draft {
  return { ...draftOf(event()), ...change }
}

/** The draft of a fair on 28 and 29 November. */
function fair(change: Partial<Draft> = {}): Draft {
  return { ...draftOf(event(FAIR)), ...change }
}

describe('the fields of an all-day event', () => {
  test('are its first and its last day', () => {
    expect(fair()).toMatchObject({ allDay: true, date: '2026-11-28', endDate: '2026-11-29' })
    expect(timeFieldsOf({ ...FAIR, ends: '2026-11-29T00:00', zone: VIENNA }).endDate).toBe('2026-11-28')
  })

  test.each<[string, Partial<TimeFields>, string, string]>([
    ['one day', { endDate: '2026-11-28' }, '2026-11-28T00:00', '2026-11-29T00:00'],
    ['one day without a last one', { endDate: '' }, '2026-11-28T00:00', '2026-11-29T00:00'],
    ['several days', { endDate: '2026-12-01' }, '2026-11-28T00:00', '2026-12-02T00:00'],
    ['no first day', { date: '' }, '', '2026-11-30T00:00'],
    ['no day', { date: '', endDate: '' }, '', ''],
    ['a year of six digits', { date: '20266-11-28' }, '', '2026-11-30T00:00'],
    ['the folds of times', { startFold: 1, endFold: 1 }, '2026-11-28T00:00', '2026-11-30T00:00'],
  ])('say midnights: %s', (_, change, starts, ends) => {
    expect(whenOf(fair(change))).toEqual({ allDay: true, starts, ends, startsFold: 0, endsFold: 0 })
  })

  test('mean the first moment of a day whose midnight clocks skip, or show twice', () => {
    const moments = (date: string, zone: string): (string | null)[] => {
      const { startsAt, endsAt } = momentsOfWhen(whenOf(fair({ date, endDate: '', zone })), zone)
      return [startsAt, endsAt].map((each) => (each === null ? null : new Date(each).toISOString().slice(0, 16)))
    }
    expect(moments('2026-04-24', 'Africa/Cairo')).toEqual(['2026-04-23T22:00', '2026-04-24T21:00'])
    expect(moments('2026-11-01', 'America/Havana')).toEqual(['2026-11-01T04:00', '2026-11-02T05:00'])
    expect(moments('2026-11-01', 'Moon/Tycho')).toEqual([null, null])
    expect(moments('', 'Africa/Cairo')).toEqual([null, null])
  })
})

describe('switching', () => {
  test('on keeps the dates, and off gives the times back', () => {
    const on = withAllDay(evening({ endDate: '2026-11-28' }), true)
    expect(on).toMatchObject({ allDay: true, date: '2026-11-27', endDate: '2026-11-28' })
    expect(withAllDay(on, false)).toEqual(evening({ endDate: '2026-11-28' }))
  })

  test('on and off is no change of an evening, or of a night', () => {
    for (const endTime of ['21:30', '02:00', '']) {
      const draft = evening({ endTime })
      expect(withAllDay(draft, true).endDate).toBe('2026-11-27')
      expect(withAllDay(withAllDay(draft, true), false)).toEqual(draft)
    }
  })

  test('off proposes an evening for an event that had no times', () => {
    expect(withAllDay(fair(), false)).toMatchObject({
      date: '2026-11-28',
      time: '19:00',
      endDate: '2026-11-29',
      endTime: '21:00',
    })
    expect(withAllDay(fair({ endDate: '2026-11-28' }), false)).toMatchObject({ time: '19:00', endDate: '' })
    expect(withAllDay(evening({ allDay: true, time: '', endTime: '', endDate: '2026-11-28' }), false)).toMatchObject({
      time: '19:00',
      endTime: '21:00',
    })
  })
})

describe('moving the first day', () => {
  test.each([
    ['to another month', '2026-12-31', '2027-01-01'],
    ['while it is empty for a moment', '', '2026-11-29'],
    ['while a year is typed digit by digit', '0202-12-31', '2026-11-29'],
  ])('moves the last one along: %s', (_, date, endDate) => {
    expect(withFirstDay(fair(), fair(), date)).toMatchObject({ date, endDate })
  })

  test('leaves a last day where it is that was wrong, or missing', () => {
    for (const endDate of ['2026-11-20', '2027-11-28', '']) {
      expect(withFirstDay(fair({ endDate }), fair({ endDate }), '2026-12-31').endDate).toBe(endDate)
    }
  })
})

test.each([
  ['2026-11-28', 'Lasts 1 day.'],
  ['2026-11-29', 'Lasts 2 days.'],
  ['2026-11-27', ''],
])('the words for a fair until %s: %s', (endDate, words) => {
  expect(endWords(whenOf(fair({ endDate })), VIENNA)).toBe(words)
})

describe('the request', () => {
  test('has midnights, the flag and no fold', () => {
    const body = bodyOf(fair({ startFold: 1 }))
    expect(body).toMatchObject(FAIR)
    expect(body).not.toHaveProperty('starts_fold')
    expect(bodyOf(evening())).not.toHaveProperty('all_day')
  })

  test('of an edit says both ways of switching', () => {
    expect(editOf(evening(), fair())).toEqual(FAIR)
    expect(editOf(fair(), withAllDay(fair({ endDate: '2026-11-28' }), false))).toEqual({
      starts: '2026-11-28T19:00',
      ends: '2026-11-28T21:00',
      all_day: false,
    })
    expect(editOf(fair(), fair({ endDate: '2026-11-30' }))).toEqual({ ends: '2026-12-01T00:00' })
    const fromMidnight = draftOf(event({ starts: FAIR.starts, ends: FAIR.ends }))
    expect(editOf(fromMidnight, fair())).toEqual({ all_day: true })
    expect(editOf(fair(), fromMidnight)).toEqual({ all_day: false })
  })
})

describe('validation', () => {
  test.each<[string, Partial<Draft>, Field | null, string]>([
    ['two days', {}, null, ''],
    ['no times', { time: '', endTime: '' }, null, ''],
    ['no first day', { date: '' }, 'starts', 'Enter a first day.'],
    ['no last day', { endDate: '' }, null, ''],
    ['today', { date: '2026-11-22' }, null, ''],
    ['yesterday', { date: '2026-11-21' }, 'starts', 'That is in the past.'],
    ['today there, and yesterday here', { date: '2026-11-23', zone: 'Pacific/Kiritimati' }, null, ''],
    ['over there', { date: '2026-11-22', zone: 'Pacific/Kiritimati' }, 'starts', 'That is in the past.'],
    ['a last day before the first', { endDate: '2026-11-27' }, 'ends', DAY_ORDER],
    ['31 days', { date: '2027-03-01', endDate: '2027-03-31' }, null, ''],
    ['31 days with one of 25 hours', { date: '2027-10-01', endDate: '2027-10-31' }, null, ''],
    ['32 days', { date: '2027-03-01', endDate: '2027-04-01' }, 'ends', 'An event can last up to 31 days.'],
    ['a day that begins after midnight', { date: '2027-04-30', endDate: '', zone: 'Africa/Cairo' }, null, ''],
    ['a year that is too late', { date: '2101-01-01' }, 'starts', 'Enter a year up to 2100.'],
    ['a year that is not typed to its end', { endDate: '0002-11-29' }, 'ends', DAY_ORDER],
    ['a zone that the browser does not know', { zone: 'Moon/Tycho', date: '2020-01-01' }, null, ''],
  ])('%s', (_, change, field, message) => {
    const problems = validate(fair(change), NOW)
    expect([...problems]).toEqual(field === null ? [] : [[field, message]])
  })

  test('of an edit leaves a running event its first day, and ends none', () => {
    const running = fair({ date: '2026-11-20', endDate: '2026-11-24' })
    expect([...validate({ ...running, date: '2026-11-19' }, NOW, running)]).toEqual([])
    expect([...validate({ ...running, endDate: '2026-11-22' }, NOW, running)]).toEqual([])
    expect([...validate({ ...running, endDate: '2026-11-21' }, NOW, running)]).toEqual([
      ['ends', 'That is in the past.'],
    ])
  })
})

describe('an event that is saved elsewhere meanwhile', () => {
  test('as one of whole days is a change of its times', () => {
    const { draft, adopted, conflicts } = merge(evening(), evening({ title: 'Go' }), fair())
    expect(draft).toMatchObject({ title: 'Go', allDay: true, date: '2026-11-28', endDate: '2026-11-29' })
    expect(conflicts).toEqual([])
    expect(adopted).toMatchObject([
      {
        was: `Fri 27 Nov ${clock('19:30')} – ${clock('21:30')} (Vienna)`,
        is: 'Sat 28 – Sun 29 Nov, all day (Vienna)',
      },
    ])
  })

  test('conflicts with other times of the viewer', () => {
    expect(merge(evening(), evening({ time: '20:00' }), fair()).conflicts).toEqual(['when'])
    expect(merge(evening(), fair(), fair()).conflicts).toEqual([])
  })

  test('is the same whatever times its form still has', () => {
    expect(merge(fair(), fair({ time: '08:00', endTime: '' }), fair({ endDate: '2026-11-30' })).conflicts).toEqual([])
  })
})

describe('the preview', () => {
  test('is the card of an all-day event', () => {
    expect(previewOf(fair(), 'Ada', NOW, null)).toMatchObject({ ...FAIR, starts_at: Date.UTC(2026, 10, 27, 23) })
  })

  test('is one while days are missing', () => {
    const today = { starts: '2026-11-22T00:00', ends: '2026-11-23T00:00', all_day: true }
    expect(previewOf(fair({ date: '', endDate: '' }), 'Ada', NOW, null)).toMatchObject(today)
    expect(previewOf(fair({ endDate: '2026-11-01' }), 'Ada', NOW, null)).toMatchObject({ ends: '2026-11-29T00:00' })
  })
})
