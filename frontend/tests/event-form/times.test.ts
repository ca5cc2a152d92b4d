import { describe, expect, test } from 'vitest'
import { clockWords, endWords } from '@/event-form/times/timeWords'
import { endChoices, timeFieldsOf, whenOf, withStart, type TimeFields } from '@/event-form/times/times'
import { clock } from '../support/clock'

const VIENNA = 'Europe/Vienna'

function fields(change: Partial<TimeFields> = {}): TimeFields {
  return {
    allDay: false,
    date: '2026-11-27',
    time: '22:00',
    startFold: 0,
    endDate: '',
    endTime: '23:30',
    endFold: 0,
    zone: VIENNA,
    ...change,
  }
}

/** The night in which Vienna's clocks show the hour from 2:00 to 3:00 twice. */
const night = (change: Partial<TimeFields>): TimeFields => fields({ date: '2027-10-31', time: '01:30', ...change })

describe('an end without a date', () => {
  test.each<[string, Partial<TimeFields>, string, 0 | 1]>([
    ['later on the same day', {}, '2026-11-27T23:30', 0],
    ['after midnight', { endTime: '02:00' }, '2026-11-28T02:00', 0],
    ['a day later at the same time', { endTime: '22:00' }, '2026-11-28T22:00', 0],
    ['on the last day of a year', { date: '2026-12-31', endTime: '02:00' }, '2027-01-01T02:00', 0],
    ['in a zone that the browser does not know', { zone: 'Moon/Tycho', endTime: '02:00' }, '2026-11-28T02:00', 0],
    ['none', { endTime: '' }, '', 0],
    ['none before there is a start', { time: '' }, '', 0],
    ['none with a year of six digits', { date: '20266-11-27' }, '', 0],
  ])('%s', (_, change, ends, endsFold) => {
    expect(whenOf(fields(change))).toMatchObject({ ends, endsFold })
  })
})

describe('in the night in which clocks show an hour twice', () => {
  test('a start can be the second', () => {
    expect(whenOf(night({ time: '02:30', startFold: 1 }))).toMatchObject({ starts: '2027-10-31T02:30', startsFold: 1 })
  })

  test('a fold counts at no other time', () => {
    expect(whenOf(fields({ startFold: 1, endFold: 1 }))).toMatchObject({ startsFold: 0, endsFold: 0 })
  })

  test.each<[string, Partial<TimeFields>, 0 | 1, number]>([
    ['the first is proposed', { endTime: '02:30' }, 0, 2],
    ['the second can be chosen', { endTime: '02:30', endFold: 1 }, 1, 2],
    ['from the first to the second is an hour', { time: '02:30', endTime: '02:30' }, 1, 1],
    ['a clock that seems to run back', { time: '02:45', endTime: '02:15' }, 1, 1],
  ])('the end: %s', (_, change, endsFold, choices) => {
    const when = whenOf(night(change))
    expect(when).toMatchObject({ ends: `2027-10-31T${change.endTime ?? ''}`, endsFold })
    expect(endChoices(when, VIENNA)).toHaveLength(choices)
  })

  test('after a start in the second hour, the same time is on the next day', () => {
    expect(whenOf(night({ time: '02:30', startFold: 1, endTime: '02:30' })).ends).toBe('2027-11-01T02:30')
  })
})

describe('the fields of an event', () => {
  test.each([
    ['2026-11-27T22:00', '2026-11-28T02:00', ''],
    ['2026-11-27T22:00', '2026-11-28T22:00', ''],
    ['2026-11-27T22:00', '2026-11-28T23:00', '2026-11-28'],
    ['2026-11-27T22:00', '2026-11-30T02:00', '2026-11-30'],
  ])('from %s to %s', (starts, ends, endDate) => {
    const found = timeFieldsOf({ starts, ends, zone: VIENNA })
    expect(found.endDate).toBe(endDate)
    expect(whenOf(found)).toEqual({ allDay: false, starts, startsFold: 0, ends, endsFold: 0 })
  })

  test.each([
    ['2027-10-31T02:30', 0, '2027-10-31T02:30', 1],
    ['2027-10-31T02:30', 1, '2027-10-31T05:00', 0],
    ['2027-10-30T22:00', 0, '2027-10-31T02:30', 1],
    ['2027-10-31T02:30', 0, '2027-11-01T02:30', 0],
  ] as const)('from %s (%i) to %s (%i)', (starts, startsFold, ends, endsFold) => {
    const folds = { ...(startsFold && { starts_fold: startsFold }), ...(endsFold && { ends_fold: endsFold }) }
    expect(whenOf(timeFieldsOf({ starts, ends, zone: VIENNA, ...folds }))).toEqual({
      allDay: false,
      starts,
      startsFold,
      ends,
      endsFold,
    })
  })
})

describe('moving the start', () => {
  test('moves the end along, also past midnight', () => {
    const moved = withStart(fields(), fields(), { time: '23:00' })
    expect(moved).toMatchObject({ endTime: '00:30', endDate: '' })
    expect(whenOf(moved).ends).toBe('2026-11-28T00:30')
  })

  test('keeps the length of several days', () => {
    const days = fields({ endDate: '2026-11-29' })
    expect(withStart(days, days, { date: '2026-12-30' })).toMatchObject({ endDate: '2027-01-01', endTime: '23:30' })
  })

  test('keeps the length while a date is empty for a moment', () => {
    const days = fields({ endDate: '2026-11-29' })
    const cleared = withStart(days, days, { date: '' })
    expect(cleared.endDate).toBe('2026-11-29')
    expect(withStart(days, cleared, { date: '2026-12-30' }).endDate).toBe('2027-01-01')
  })

  test('keeps the length while a year is typed digit by digit', () => {
    const days = fields({ endDate: '2026-11-29' })
    for (const year of ['0002', '0020', '0202']) {
      expect(withStart(days, days, { date: `${year}-12-30` }).endDate).toBe('2026-11-29')
    }
  })

  test.each(['2026-11-20', '2027-11-27'])('leaves a wrong end, on %s, where it is', (endDate) => {
    const wrong = fields({ endDate })
    expect(withStart(wrong, wrong, { date: '2026-12-30' }).endDate).toBe(endDate)
  })

  test('leaves no end where there is none', () => {
    const open = fields({ endTime: '' })
    expect(withStart(open, open, { time: '23:00' }).endTime).toBe('')
  })
})

test.each([
  ['Europe/London', 'GMT (UTC+0)'],
  [VIENNA, 'CET (GMT+1)'],
  ['America/Santiago', 'GMT−3'],
  ['UTC', 'UTC'],
])('the clock of %s is named', (zone, words) => {
  expect(clockWords(Date.UTC(2026, 10, 27), zone)).toBe(words)
})

describe('the words for an end', () => {
  test.each<[string, TimeFields, string]>([
    ['on the same day', fields(), 'Lasts 1 hour 30 minutes.'],
    [
      'on the next day',
      fields({ endTime: '02:00' }),
      `Ends Sat 28 Nov ${clock('02:00')}, the next day. Lasts 4 hours.`,
    ],
    [
      'days later',
      fields({ endDate: '2026-11-30' }),
      `Ends Mon 30 Nov ${clock('23:30')}. Lasts 3 days 1 hour 30 minutes.`,
    ],
    ['none', fields({ endTime: '' }), 'Without an end time it lasts 2 hours.'],
    ['before the start', fields({ endDate: '2026-11-26' }), ''],
    [
      'in the second hour',
      night({ time: '02:30', endTime: '02:30' }),
      `Ends at the second ${clock('02:30')} (CET). Lasts 1 hour.`,
    ],
    ['across the clock change', night({ endTime: '04:00' }), 'Lasts 3 hours 30 minutes.'],
  ])('%s', (_, times, words) => {
    expect(endWords(whenOf(times), times.zone)).toBe(words)
  })
})
