import { describe, expect, test } from 'vitest'
import { bodyOf, draftOf, editOf, emptyDraft, previewOf, type Draft } from '@/event-form/draft'
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
      endDate: '',
      endTime: '21:00',
      zone: VIENNA,
    })
    expect(emptyDraft(Date.UTC(2026, 10, 22, 18), VIENNA).date).toBe('2026-11-23')
    expect(emptyDraft(Date.UTC(2026, 11, 31, 23, 30), VIENNA).date).toBe('2027-01-01')
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

  test('a fold is sent where it counts, and again with each new time', () => {
    const night = draft({ date: '2027-10-31', time: '02:30', startFold: 1, endTime: '05:00' })
    expect(bodyOf(night)).toMatchObject({ starts: '2027-10-31T02:30', starts_fold: 1 })
    expect(bodyOf(night)).not.toHaveProperty('ends_fold')
    expect(editOf(night, { ...night, startFold: 0 })).toEqual({ starts_fold: 0 })
    expect(editOf(night, { ...night, time: '02:45' })).toEqual({ starts: '2027-10-31T02:45', starts_fold: 1 })
    expect(editOf(night, { ...night, date: '2027-11-01', endDate: '2027-11-02' })).toEqual({
      starts: '2027-11-01T02:30',
      ends: '2027-11-02T05:00',
      starts_fold: 0,
    })
  })

  test('a link is completed', () => {
    expect(bodyOf(draft({ link: 'Example.org/a' })).link).toBe('https://example.org/a')
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
  expect(previewOf(draft({ date: '0002-11-27' }), 'Ada', NOW, null).starts).toBe('0002-11-27T19:30')
  expect(previewOf(draft({ capacity: '-5' }), 'Ada', NOW, null).capacity).toBeNull()
  expect(previewOf(draft({ capacity: '1e3' }), 'Ada', NOW, null).capacity).toBeNull()
  expect(previewOf(draft({ capacity: '1,000' }), 'Ada', NOW, null).capacity).toBe(1000)
})
