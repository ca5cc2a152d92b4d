import { flushPromises } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { disposePinia, getActivePinia } from 'pinia'
import { effectScope, nextTick, type EffectScope } from 'vue'
import { unattendEvent } from '@/api/generated'
import { ME } from '@/live/liveViews'
import EventNews from '@/news/EventNews.vue'
import { memoryKey } from '@/news/storedMemory'
import { SETTLE_MS, useNewsNotices } from '@/news/useNewsNotices'
import { useAnnouncer } from '@/shell/announcer'
import { setDocumentTitle } from '@/shell/documentTitle'
import { useNotices } from '@/shell/notices'
import { timeOfDay } from '@/time/timeText'
import { answerHttp, problem, type Answer } from '../support/http'
import { card, mine } from '../support/items'
import { stage, type Stage } from '../support/mounting'

const USER = { kind: 'user', key: 'user', rank: 0, id: 'ada', name: 'Ada' } as const

let on: Stage
let answer: Answer
let scope: EffectScope | null = null

beforeEach(() => {
  vi.useFakeTimers()
  localStorage.clear()
  setDocumentTitle('Events')
  answer = { status: 200, data: {} }
})
afterEach(() => {
  leave()
  vi.useRealTimers()
})

/** Ends the visit, and all that it watches. */
function leave(): void {
  const pinia = getActivePinia()
  scope?.stop()
  if (scope && pinia) disposePinia(pinia)
  scope = null
}

/** A visit of Ada, whose view has these events. */
async function visit(at: string, ...events: Parameters<typeof shown>): Promise<void> {
  leave()
  on = stage()
  answerHttp(() => answer)
  scope = effectScope()
  on.run(() => scope?.run(useNewsNotices))
  on.server.hello('ada')
  await flushPromises()
  await see(at, ...events)
}

function shown(
  ...events: [Parameters<typeof card>[0], Parameters<typeof mine>[0]?][]
): Parameters<Stage['server']['snapshot']>[1] {
  return [
    USER,
    ...events.flatMap(([change, standing]) => [card(change), mine({ event: card(change).id, ...standing })]),
  ]
}

async function see(at: string, ...events: Parameters<typeof shown>): Promise<void> {
  on.server.snapshot(ME, shown(...events), at)
  await vi.advanceTimersByTimeAsync(SETTLE_MS)
  await vi.advanceTimersByTimeAsync(SETTLE_MS)
}

const texts = (): string[] => useNotices().notices.map(({ text }) => text.replaceAll(/[\u2068\u2069]/g, ''))

test('what happens while the page is open: notice, live region, title, until the notice is closed', async () => {
  await visit('e-1', [{}, { status: 'waitlisted' }])
  expect([texts(), document.title]).toEqual([[], 'Events · Turnout'])
  await see('e-2', [{ place: 'Room 2' }])
  expect(texts()).toEqual(["You moved up: you're going to Board games. It's now at Room 2 (was The depot)."])
  expect(useAnnouncer().text).toContain('You moved up')
  expect(document.title).toBe('(1) Events · Turnout')
  useNotices().close(useNotices().notices[0]!.id)
  await nextTick()
  expect([texts(), document.title]).toEqual([[], 'Events · Turnout'])
})

test('what happened while it was closed', async () => {
  await visit('e-1', [{}])
  await visit('e-2', [{ status: 'cancelled' }])
  expect(texts()).toEqual(['Board games was called off.'])
  await visit('e-3', [{ status: 'cancelled' }])
  expect(texts()).toEqual(['Board games was called off.'])
})

test.each([
  [{ status: 200, data: {} }, 'You were taken off the guest list for Board games.'],
  [problem(404, 'event-not-found', 'Gone.'), 'Board games was deleted, or is not open to you any more.'],
])('an event that is missing: the server knows why', async (answered, text) => {
  await visit('e-1', [{}])
  answer = answered
  await see('e-2')
  expect(texts()).toEqual([text])
})

test('without an answer there is no guess; the next change asks again', async () => {
  await visit('e-1', [{}])
  answer = { status: 0 }
  await see('e-2')
  expect(texts()).toEqual([])
  answer = { status: 200, data: {} }
  await see('e-3', [{ id: 'other' }])
  expect(texts()).toEqual(['You were taken off the guest list for Board games.'])
})

test('several events have a notice each, and the rest have one', async () => {
  const ids = ['a', 'b', 'c', 'd', 'e']
  await visit('e-1', ...ids.map((id) => [{ id, title: id }] as [{ id: string; title: string }]))
  await see('e-2', ...ids.map((id) => [{ id, title: id, place: '' }] as [{ id: string; title: string; place: string }]))
  expect(texts()).toEqual([
    ...['a', 'b'].map((id) => `${id} is no longer at The depot.`),
    '3 more of your events changed.',
  ])
  expect(document.title).toBe('(5) Events · Turnout')
  expect(useAnnouncer().text).toContain('3 more')
  useNotices().run(useNotices().notices.at(-1)!)
  await flushPromises()
  expect(on.router.currentRoute.value.query).toEqual({ when: 'mine' })
  expect([texts().length, document.title]).toEqual([2, '(2) Events · Turnout'])
})

test('what the person does is no news, in this tab', async () => {
  await visit('e-1', [{}])
  answer = { status: 204, headers: { 'turnout-position': 'e-2' } }
  await unattendEvent({ path: { event: 'abc' } })
  await see('e-2')
  expect(texts()).toEqual([])
})

test('nor in another', async () => {
  await visit('e-1', [{}])
  const key = memoryKey('ada')
  const memory = JSON.parse(localStorage.getItem(key)!) as object
  const writes = { abc: { since: Date.now(), position: 'e-2', isAdopted: false } }
  window.dispatchEvent(new StorageEvent('storage', { key, newValue: JSON.stringify({ ...memory, writes }) }))
  await see('e-2')
  expect(texts()).toEqual([])
})

test('news that are seen in another tab end here', async () => {
  await visit('e-1', [{}])
  await see('e-2', [{ place: 'Room 2' }])
  expect(texts()).toHaveLength(1)
  const key = memoryKey('ada')
  const stored = localStorage.getItem(key)!.replace('The depot', 'Room 2')
  window.dispatchEvent(new StorageEvent('storage', { key, newValue: stored }))
  await nextTick()
  expect([texts(), document.title]).toEqual([[], 'Events · Turnout'])
})

test('a person who signs out leaves nothing in the browser', async () => {
  await visit('e-1', [{}])
  localStorage.setItem('turnout.theme', 'dark')
  localStorage.setItem(memoryKey('ben'), '{}')
  expect(Object.keys(localStorage)).toContain(memoryKey('ada'))
  on.live.restart(null)
  on.server.hello(null)
  await flushPromises()
  expect(Object.keys(localStorage)).toEqual(['turnout.theme'])
})

describe("on the event's page", () => {
  const marks = (): string => on.mount(EventNews, { event: 'abc' }).text().replaceAll(/\s+/g, ' ')

  test('the changed facts have what they were, for as long as it is open, and nothing is new elsewhere', async () => {
    await visit('e-1', [{}])
    await see('e-2', [{ place: 'Room 2', starts: '2026-11-27T20:30', starts_at: card().starts_at + 3_600_000 }])
    await on.router.push('/events/abc')
    await flushPromises()
    expect([texts(), document.title]).toEqual([[], 'Events · Turnout'])
    expect(marks()).toBe(`New time: was ${timeOfDay(card().starts_at, 'Europe/Vienna')}New place: was The depot`)
    await on.router.push('/')
    await on.router.push('/events/abc')
    await flushPromises()
    expect(marks()).toBe('')
  })

  test('what happens meanwhile is marked and announced, without a notice', async () => {
    await visit('e-1', [{}, { status: 'waitlisted' }])
    await on.router.push('/events/abc')
    await see('e-2', [{}])
    expect([texts(), marks()]).toEqual([[], 'You moved up: you were on the waitlist'])
    expect(useAnnouncer().text).toContain('You moved up')
    await see('e-3')
    expect([texts(), marks()]).toEqual([[], 'You were taken off the guest list'])
  })

  test('nothing is seen while nobody can see it', async () => {
    const visibility = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden')
    await visit('e-1', [{}])
    await on.router.push('/events/abc')
    await see('e-2', [{ place: '' }])
    expect([texts().length, document.title]).toEqual([1, '(1) Events · Turnout'])
    visibility.mockReturnValue('visible')
    document.dispatchEvent(new Event('visibilitychange'))
    await flushPromises()
    expect([texts().length, document.title, marks()]).toEqual([0, 'Events · Turnout', 'New place: was The depot'])
  })

  test('so is what happens to an event that one joined there', async () => {
    await visit('e-1')
    await on.router.push('/events/abc')
    await see('e-2', [{}])
    await see('e-3', [{ place: '' }])
    expect(marks()).toBe('New place: was The depot')
  })

  test('a deleted event has a notice, since nothing is left of its page', async () => {
    await visit('e-1', [{}])
    await on.router.push('/events/abc')
    answer = problem(404, 'event-not-found', 'Gone.')
    await see('e-2')
    expect(texts()).toEqual(['Board games was deleted, or is not open to you any more.'])
  })
})
