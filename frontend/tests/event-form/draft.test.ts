import { describe, expect, test } from 'vitest'
import { bodyOf, draftOf, editOf, emptyDraft, previewOf, withStart, type Draft } from '@/event-form/draft'
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

test('the preview is the card that will be', () => {
  expect(previewOf(draft({ title: '' }), 'Ada', NOW, null)).toMatchObject({
    title: 'Your title',
    organizer: { name: 'Ada' },
    going: 0,
    capacity: 4,
  })
  expect(previewOf(draft({ time: '' }), 'Ada', NOW, null).starts_at).toBe(NOW)
})
