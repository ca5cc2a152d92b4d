import { describe, expect, test } from 'vitest'
import { draftOf, type Draft } from '@/event-form/draft'
import { validate, type Field } from '@/event-form/validation'
import { LIMITS } from '@/limits.generated'
import { event } from '../support/items'

const NOW = Date.UTC(2026, 10, 22, 12)

function draft(change: Partial<Draft> = {}): Draft {
  return { ...draftOf(event()), ...change }
}

describe('validation', () => {
  const TABLE: [string, Partial<Draft>, Field | null][] = [
    ['nothing', {}, null],
    ['no title', { title: '   ' }, 'title'],
    ['a title that just fits', { title: 'x'.repeat(LIMITS.event.title.maxLength) }, null],
    ['a title one too long', { title: 'x'.repeat(LIMITS.event.title.maxLength + 1) }, 'title'],
    ['emoji count as one character each', { title: '🎲'.repeat(LIMITS.event.title.maxLength) }, null],
    ['a title with marks that are dropped', { title: `\u202a${'x'.repeat(LIMITS.event.title.maxLength)}\u202c` }, null],
    ['a title with a control character', { title: 'A\u0007B' }, 'title'],
    ['a description with a control character', { description: 'A\u0000B' }, 'description'],
    ['the line break of a word processor', { description: 'A\u000bB' }, null],
    ['a link between isolates', { link: '\u2068https://example.org\u2069' }, null],
    ['a tag that just fits', { tags: ['x'.repeat(LIMITS.event.tags.items.maxLength)] }, null],
    ['a tag one too long', { tags: ['x'.repeat(LIMITS.event.tags.items.maxLength + 1)] }, 'tags'],
    ['a tag too many', { tags: Array.from('abcdefghi') }, 'tags'],
    ['no start', { time: '' }, 'starts'],
    ['a start in the past', { date: '2026-11-20', endDate: '2026-11-20' }, 'starts'],
    [
      'a start that the clocks skip',
      { date: '2027-03-28', time: '02:30', endDate: '2027-03-28', endTime: '04:00' },
      'starts',
    ],
    ['a year of five digits', { date: '20266-11-27' }, 'starts'],
    ['a year of five digits at the end', { endDate: '20266-11-27' }, 'ends'],
    ['a year that is not typed to its end', { date: '0202-11-27' }, 'starts'],
    ['an end in a year that is not typed to its end', { endDate: '0002-11-27' }, 'ends'],
    ['a year that is too late', { date: '2101-01-01' }, 'starts'],
    ['an end before the start, which is on the next day', { endTime: '02:00' }, null],
    ['an end before the start on a day that was set', { endDate: '2026-11-27', endTime: '19:00' }, 'ends'],
    ['an end that the clocks skip', { date: '2027-03-27', time: '22:00', endTime: '02:30' }, 'ends'],
    ['an end day without a time', { endDate: '2026-11-28', endTime: '' }, 'ends'],
    ['no end at all', { endDate: '', endTime: '' }, null],
    ['an end in the second of two equal hours', { date: '2027-10-31', time: '02:30', endTime: '02:30' }, null],
    [
      'an end in the first of two equal hours, with a start in the second',
      { date: '2027-10-31', time: '02:30', startFold: 1, endDate: '2027-10-31', endTime: '02:45' },
      'ends',
    ],
    ['five weeks', { endDate: '2027-01-05' }, 'ends'],
    ['a link without a scheme', { link: 'example.org' }, null],
    ['a link of one word', { link: 'example' }, 'link'],
    ['a link with a password', { link: 'https://ada:secret@example.org' }, 'link'],
    ['a link to a host that cannot be', { link: 'https://xn--a.example' }, 'link'],
    ['a link that runs something', { link: 'javascript:alert(1)' }, 'link'],
    ['a link', { link: 'https://example.org/?a=b' }, null],
    ['no limit of seats', { capacity: '' }, null],
    ['no seats', { capacity: '0' }, 'capacity'],
    ['half a seat', { capacity: '1.5' }, 'capacity'],
    ['words for seats', { capacity: 'many' }, 'capacity'],
    ['seats as a power', { capacity: '1e3' }, 'capacity'],
    ['seats in another base', { capacity: '0x10' }, 'capacity'],
    ['seats with separators', { capacity: '1,000' }, null],
    ['a title without a visible character', { title: '\u200b\u2060' }, 'title'],
    ['too many seats', { capacity: String(LIMITS.event.capacity.maximum + 1) }, 'capacity'],
  ]
  test.each(TABLE)('%s', (_, change, field) => {
    expect([...validate(draft(change), NOW).keys()]).toEqual(field === null ? [] : [field])
  })

  test('the message about a year says which way it is wrong', () => {
    const message = (date: string): string | undefined => validate(draft({ date }), NOW).get('starts')
    expect(['20266-11-27', '2101-01-01'].map(message)).toEqual(Array(2).fill('Enter a year up to 2100.'))
    expect(message('0202-11-27')).toBe('That is in the past.')
  })

  test('the message about a skipped time names the change of the clocks', () => {
    const skipped = draft({ date: '2027-03-28', time: '01:30', endDate: '2027-03-28', zone: 'Europe/London' })
    expect(validate(skipped, NOW).get('starts')).toBe(
      "01:30 doesn't exist in London that night: clocks go from 01:00 to 02:00.",
    )
  })

  test('the times of a zone that the browser does not know are left to the server', () => {
    const unknown = { zone: 'Moon/Tycho', date: '2020-01-01', endDate: '2019-01-01' }
    expect([...validate(draft(unknown), NOW).keys()]).toEqual([])
    expect([...validate(draft({ ...unknown, date: '' }), NOW).keys()]).toEqual(['starts'])
  })

  test('fewer seats than are taken', () => {
    const seats = (capacity: string, taken: number): string | undefined =>
      validate(draft({ capacity }), NOW, draft(), taken).get('capacity')
    expect(seats('3', 3)).toBeUndefined()
    expect(seats('2', 3)).toBe("3 seats are taken, so this can't be lower.")
    expect(seats('', 3)).toBeUndefined()
  })

  describe('with an event that is there', () => {
    const OLD_LINK = draft({ link: 'https://ada:secret@example.org' })
    const RUNS = draft({ date: '2026-11-22', time: '12:00', endDate: '2026-11-22', endTime: '14:00' })
    const OVER = draft({ date: '2020-01-01', endDate: '2020-01-01' })

    test.each<[string, Draft, Partial<Draft>, Field | null]>([
      ['texts of a past event', OVER, { title: 'Go' }, null],
      ['a longer end of one that runs', RUNS, { endTime: '18:00' }, null],
      ['another start of one that runs', RUNS, { time: '11:00' }, null],
      ['an end of one that runs that is behind us', RUNS, { endTime: '12:30' }, 'ends'],
      ['an end before the start', RUNS, { endTime: '11:00' }, 'ends'],
      ['half an end', RUNS, { endTime: '' }, 'ends'],
      ['a link that is stored, whatever it is', OLD_LINK, { title: 'Go' }, null],
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
