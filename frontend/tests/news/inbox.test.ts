import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { disposePinia, getActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { effectScope, nextTick, type EffectScope } from 'vue'
import type { NoticeItem } from '@/live/generated'
import { ME, NOTICES } from '@/live/liveViews'
import EventNews from '@/news/EventNews.vue'
import NoticesBell from '@/news/NoticesBell.vue'
import NoticesPage from '@/news/NoticesPage.vue'
import { forgetStoredNews } from '@/news/storedNews'
import { SETTLE_MS, useNoticeToasts } from '@/news/useNoticeToasts'
import { useAnnouncer } from '@/shell/announcer'
import { setDocumentTitle } from '@/shell/documentTitle'
import { useNotices } from '@/shell/notices'
import { answerHttp, type Answer, type Call } from '../support/http'
import { notice, user } from '../support/items'
import { stage, type Stage } from '../support/mounting'

let on: Stage
let calls: Call[]
let answer: Answer
let scope: EffectScope
let page: VueWrapper | null

beforeEach(async () => {
  vi.useFakeTimers()
  setDocumentTitle('Events')
  answer = { status: 204 }
  page = null
  on = stage()
  calls = answerHttp(() => answer)
  scope = effectScope()
  on.run(() => scope.run(useNoticeToasts))
  on.server.hello('ada')
  await flushPromises()
  on.server.snapshot(ME, [user()])
})
afterEach(() => {
  page?.unmount()
  scope.stop()
  const pinia = getActivePinia()
  if (pinia) disposePinia(pinia)
  vi.useRealTimers()
})

/** The view has these notices, oldest first. */
async function see(...notices: NoticeItem[]): Promise<void> {
  const unread = notices.filter(({ read }) => !read).length
  on.server.socket.say({
    type: 'snapshot',
    view: NOTICES,
    at: 'e-1',
    order: 'descending',
    items: [...notices, { kind: 'notices', key: 'notices', rank: 0, unread }],
  })
  await settle()
}

async function settle(): Promise<void> {
  await flushPromises()
  await vi.advanceTimersByTimeAsync(SETTLE_MS)
  await vi.advanceTimersByTimeAsync(SETTLE_MS)
}

const plain = (text: string): string => text.replaceAll(/[\u2068\u2069]/g, '').replaceAll(/\s+/g, ' ')
const texts = (): string[] => useNotices().notices.map(({ text }) => plain(text))
const marked = (): unknown[] => calls.filter(({ url }) => url.endsWith('/read')).map(({ body }) => body)
const moved = notice(3, { what: 'promoted', party: 1 })
const relocated = notice(4, { what: 'changed', changes: [{ field: 'place', before: 'Room 1', after: 'Room 2' }] })
const elsewhere = notice(5, { event: 'other', title: 'Chess' })

test('an unread notice: toast, live region, title, bell, until it is closed', async () => {
  page = on.mount(NoticesBell)
  await see({ ...moved, read: true })
  expect([texts(), document.title, page.find('a').attributes('aria-label')]).toEqual([
    [],
    'Events · Turnout',
    'Notices',
  ])
  await see({ ...moved, read: true }, relocated)
  expect(texts()).toEqual(['Board games is now at Room 2 (was Room 1).'])
  expect(plain(useAnnouncer().text)).toContain('is now at Room 2')
  expect([document.title, page.find('a').attributes('aria-label')]).toEqual([
    '(1) Events · Turnout',
    'Notices, 1 unread',
  ])
  useNotices().close(useNotices().notices[0]!.id)
  await flushPromises()
  expect([texts(), document.title, marked()]).toEqual([[], 'Events · Turnout', [{ until: relocated.id }]])
})

test('what is read on another device ends here', async () => {
  await see(moved, elsewhere)
  expect([texts().length, document.title]).toEqual([2, '(2) Events · Turnout'])
  on.server.patch(NOTICES, 'e-9', [{ ...moved, read: true }])
  await nextTick()
  expect([texts(), document.title]).toEqual([['Chess was called off.'], '(1) Events · Turnout'])
})

test('several have a toast each, and the rest have one that leads to all', async () => {
  await see(...['a', 'b', 'c', 'd', 'e'].map((id, index) => notice(index + 1, { event: id, title: id })))
  expect(texts()).toEqual(['e was called off.', 'd was called off.', '3 more notices.'])
  expect(useAnnouncer().text).toContain('3 more')
  useNotices().run(useNotices().notices.at(-1)!)
  await flushPromises()
  expect(on.router.currentRoute.value.name).toBe('notices')
})

test('a closed toast does not mark older notices as read', async () => {
  await see(moved, elsewhere)
  const newest = useNotices().notices.find(({ text }) => text.includes('Chess'))!
  useNotices().close(newest.id)
  await flushPromises()
  expect([texts().length, marked()]).toEqual([1, []])
  useNotices().close(useNotices().notices[0]!.id)
  await flushPromises()
  expect(marked()).toEqual([{ until: elsewhere.id }])
})

test('a mark without an answer is sent again with the next connection', async () => {
  answer = { status: 403, data: { code: 'invalid', detail: 'Later.' } }
  await see(moved)
  useNotices().close(useNotices().notices[0]!.id)
  await settle()
  expect(marked()).toHaveLength(1)
  answer = { status: 204 }
  on.live.onOffline()
  await flushPromises()
  on.live.onVisible()
  on.server.hello('ada')
  await flushPromises()
  expect(marked().length).toBeGreaterThan(1)
})

test('a person who signs out has no notices', async () => {
  await see(moved)
  on.live.restart(null)
  on.server.hello(null)
  await settle()
  expect([texts(), document.title]).toEqual([[], 'Events · Turnout'])
})

test('what earlier versions stored goes', () => {
  localStorage.setItem('turnout.news / ada', '{}')
  localStorage.setItem('turnout.theme', 'dark')
  forgetStoredNews()
  expect(Object.keys(localStorage)).toEqual(['turnout.theme'])
})

describe('the page of notices', () => {
  test('shows all, marks those as new that were unread, and reads them', async () => {
    page = on.mount(NoticesPage)
    await see({ ...moved, read: true }, relocated, notice(6, { what: 'deleted', title: 'Chess' }))
    const rows = page.findAll('[data-testid=notice-row]').map((row) => plain(row.text()))
    expect(rows[0]).toMatch(/^Chess was deleted\. ?New/)
    expect(rows[1]).toMatch(/^Board games has changed\. ?New ?Place: Room 1 → is now Room 2/)
    expect(rows[2]).toMatch(/^You moved up: you're going to Board games\./)
    expect(rows[2]).not.toContain('New')
    expect(page.findAll('a').map((link) => link.attributes('href'))).toEqual(['/events/abc', '/events/abc'])
    expect([texts(), document.title, marked()]).toEqual([[], 'Events · Turnout', [{ until: '6.deleted.abc' }]])
  })

  test('reads nothing while nobody can see it', async () => {
    const visibility = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden')
    page = on.mount(NoticesPage)
    await see(moved)
    expect([marked(), document.title]).toEqual([[], '(1) Events · Turnout'])
    visibility.mockReturnValue('visible')
    document.dispatchEvent(new Event('visibilitychange'))
    await settle()
    expect([marked(), document.title]).toEqual([[{ until: moved.id }], 'Events · Turnout'])
  })
})

describe("on the event's page", () => {
  const marks = (): string => plain(page!.text())

  test('the changed facts have what they were, for as long as it is open, and nothing is new elsewhere', async () => {
    page = on.mount(EventNews, { event: 'abc' })
    await see(moved, relocated, elsewhere)
    expect(marks()).toBe('You moved up: you were on the waitlistNew place: was Room 1')
    expect([texts(), document.title]).toEqual([['Chess was called off.'], '(1) Events · Turnout'])
    expect(marked()).toEqual([{ until: relocated.id }])
    page.unmount()
    page = on.mount(EventNews, { event: 'abc' })
    expect(marks()).toBe('')
  })

  test('what happens meanwhile is announced', async () => {
    page = on.mount(EventNews, { event: 'abc' })
    await see(moved)
    expect(plain(useAnnouncer().text)).toBe('You moved up: you were on the waitlist.')
    expect(texts()).toEqual([])
  })

  test('an unread notice about another event stays unread', async () => {
    page = on.mount(EventNews, { event: 'abc' })
    await see({ ...elsewhere, rank: 1, id: '1.called-off.other' }, moved)
    expect([marks(), marked()]).toEqual(['You moved up: you were on the waitlist', []])
    expect(texts()).toEqual(['Chess was called off.'])
  })

  test('a message has its text', async () => {
    page = on.mount(EventNews, { event: 'abc' })
    await see(notice(7, { what: 'message', by: 'Olga', text: 'Bring a coat.' }))
    expect(marks()).toBe('Message from Olga: Bring a coat.')
  })
})
