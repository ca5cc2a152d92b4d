import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { draftOf } from '@/event-form/draft'
import { draftKey, dropDraft, loadDraft, storeDraft } from '@/event-form/kept-drafts/storedDrafts'
import { event } from '../support/items'
import { blockedStorage } from '../support/storage'

const NOW = Date.UTC(2026, 10, 22, 12)
const DAY_MS = 86_400_000
const BLANK = draftOf(event())
const KEY = draftKey('org', 'abc')
const stored = { draft: { ...BLANK, title: 'Go', tags: ['go'] }, base: event(), at: NOW }

beforeEach(() => localStorage.clear())
afterEach(() => {
  vi.unstubAllGlobals()
  localStorage.clear()
})

test('a draft is there again, for its person and event only', () => {
  expect(storeDraft(KEY, stored)).toBe(true)
  expect(loadDraft(KEY, BLANK, NOW)).toEqual(stored)
  for (const other of [draftKey('org', 'abd'), draftKey('org', null)]) expect(loadDraft(other, BLANK, NOW)).toBeNull()
  dropDraft(KEY)
  expect(loadDraft(KEY, BLANK, NOW)).toBeNull()
})

test('a draft of another version, or of nobody, is none', () => {
  for (const text of ['', '{', 'null', '7', '{"at":1}', JSON.stringify({ ...stored, draft: { title: 'Go' } })]) {
    localStorage.setItem(KEY, text)
    expect(loadDraft(KEY, BLANK, NOW)).toBeNull()
  }
})

test('a draft that was stored before there were all-day events has times', () => {
  const { allDay, ...earlier } = stored.draft
  localStorage.setItem(KEY, JSON.stringify({ ...stored, draft: earlier }))
  expect([allDay, loadDraft(KEY, BLANK, NOW)]).toEqual([false, stored])
})

test('old drafts and those of guests who signed out are forgotten, and nothing else', () => {
  const others = ['turnout.theme', 'turnout.draft:/other/:ada:abc']
  for (const key of others) localStorage.setItem(key, JSON.stringify(stored))
  const kept = [KEY, draftKey(null, null)]
  for (const key of [...kept, draftKey('ada', 'abc')]) storeDraft(key, stored)
  storeDraft(draftKey('org', 'old'), { ...stored, at: NOW - 31 * DAY_MS })
  loadDraft(draftKey('org', null), BLANK, NOW)
  expect(Object.keys(localStorage).sort()).toEqual([...others, ...kept].sort())
})

test('a browser that keeps nothing says so', () => {
  vi.stubGlobal('localStorage', blockedStorage())
  expect(storeDraft(KEY, stored)).toBe(false)
  expect(loadDraft(KEY, BLANK, NOW)).toBeNull()
  dropDraft(KEY)
})
