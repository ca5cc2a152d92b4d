import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { beforeEach, expect, test, vi } from 'vitest'
import EventPage from '@/event-page/EventPage.vue'
import { eventAddress, MODERATION, MODERATION_AUDIT } from '@/live/addresses'
import type { AuditItem, ReportItem } from '@/live/generated'
import { ME } from '@/live/liveViews'
import { actsFor, auditWords } from '@/moderation/acts'
import ModerationPage from '@/moderation/ModerationPage.vue'
import { useSession } from '@/session/session'
import { useNotices } from '@/shell/notices'
import { answerHttp, callsOf, problem } from '../support/http'
import { attendee, event, user } from '../support/items'
import { stage, type Stage } from '../support/mounting'

const ADA = { id: 'ada', name: 'Ada' }

function report(change: Partial<ReportItem> = {}): ReportItem {
  const about = { target: 'event' as const, about: 'abc', label: 'Board games' }
  const facts = { id: 'r1', reason: 'Spam', by: ADA, reported_at: 1, total: 1 }
  return { kind: 'report', key: 'report:r1', rank: 1, ...about, ...facts, ...change }
}

function act(change: Partial<AuditItem> = {}): AuditItem {
  const facts = {
    by: ADA,
    action: 'hide',
    target: 'event' as const,
    about: 'abc',
    label: 'Board games',
    reason: 'Spam',
  }
  return { kind: 'audit', key: 'audit:1.1', rank: 1, acted_at: 1, ...facts, ...change }
}

function list(total: number): { kind: 'list'; key: string; rank: number; total: number; before: number } {
  return { kind: 'list', key: 'list', rank: 0, total, before: 0 }
}

let on: Stage
beforeEach(async () => {
  on = stage()
  on.run(() => useSession())
  on.server.hello('ada')
  await flushPromises()
  on.server.snapshot(ME, [user()])
})

async function queue(...reports: ReportItem[]): Promise<VueWrapper> {
  const page = on.mount(ModerationPage)
  on.server.snapshot(MODERATION, [list(reports.length), ...reports])
  on.server.snapshot(MODERATION_AUDIT, [list(1), act()])
  await flushPromises()
  return page
}

async function press(page: VueWrapper, name: string): Promise<void> {
  await page
    .findAll('button')
    .find((each) => each.text() === name)!
    .trigger('click')
  await flushPromises()
}

/** Sends a reason in the open dialog. */
async function give(reason: string): Promise<void> {
  const field = await vi.waitUntil(() => document.querySelector<HTMLTextAreaElement>('[role=dialog] textarea'), 5_000)
  field.value = reason
  field.dispatchEvent(new Event('input'))
  document.querySelector('[role=dialog] form')!.dispatchEvent(new Event('submit'))
  await flushPromises()
}

test('each act asks for its reason, and the queue follows', async () => {
  const page = await queue(report({ total: 2 }))
  expect(page.find('#reports-head').text()).toBe('Open reports: 1')
  expect(page.find('[data-testid=report]').text()).toContain('one of 2 reports about this')
  const calls = answerHttp(() => ({ status: 204 }))
  await press(page, 'Hide event')
  await give('')
  expect(calls).toEqual([])
  await give('It is spam')
  expect(callsOf(calls)).toEqual(['post /api/events/abc/hide'])
  expect(calls[0]?.body).toEqual({ reason: 'It is spam' })
  expect(document.querySelector('[role=dialog]')).toBeNull()
  on.server.patch(MODERATION, 'e-2', [report({ withdrawn: true })])
  await flushPromises()
  expect(page.findAll('[data-testid=report] button').map((each) => each.text())).toEqual([
    'Restore event',
    'Take down',
    'Close report',
  ])
  on.server.patch(MODERATION, 'e-3', [list(0)], ['report:r1'])
  await flushPromises()
  expect(page.text()).toContain('Nothing is reported.')
})

test.each([
  ['Take down', report(), 'post /api/events/abc/take-down'],
  ['Restore event', report({ withdrawn: true }), 'post /api/events/abc/restore'],
  ['Block person', report({ target: 'person', about: 'bo' }), 'post /api/users/bo/block'],
  ['Unblock person', report({ target: 'person', about: 'bo', withdrawn: true }), 'post /api/users/bo/unblock'],
  ['Close report', report(), 'post /api/reports/r1/close'],
])('"%s" is sent', async (label, shown, sent) => {
  const page = await queue(shown)
  const calls = answerHttp(() => ({ status: 204 }))
  await press(page, label)
  await give('Because')
  expect(callsOf(calls)).toEqual([sent])
})

test('a refusal stays in the dialog', async () => {
  const page = await queue(report())
  answerHttp(() => problem(404, 'event-not-found', 'There is no such event.'))
  await press(page, 'Hide event')
  await give('Because')
  expect(document.querySelector('[role=dialog] [role=alert]')?.textContent).toBe('There is no such event.')
})

test('others are told that it is not for them', async () => {
  const page = on.mount(ModerationPage)
  on.server.socket.say({ type: 'fail', view: MODERATION, code: 'not-permitted', title: '', detail: 'No.' } as never)
  await flushPromises()
  expect(page.find('h1').text()).toBe('Only moderators see this')
})

test('the audit says who did what', () => {
  expect(actsFor(report({ target: 'person' }))).toEqual(['block', 'close'])
  expect(auditWords(act())).toBe('\u2068Ada\u2069 hid \u2068Board games\u2069')
  expect(auditWords(act({ by: { id: '', name: '' }, action: 'delete', label: '' }))).toBe(
    'The operator took down what is gone',
  )
})

test('an event and a person in it can be reported, with thanks', async () => {
  const page = on.mount(EventPage, { id: 'abc' })
  on.server.snapshot(eventAddress('abc'), [event({ going: 2 }), attendee('Bo'), attendee('Ada')])
  await flushPromises()
  const calls = answerHttp(() => ({ status: 204 }))
  await press(page, 'Report')
  await give('Spam')
  await press(page, 'Report')
  const about = await vi.waitUntil(() => document.querySelector<HTMLSelectElement>('#report-about'), 5_000)
  expect([...about.options].map(({ value }) => value)).toEqual(['', 'org', 'bo'])
  about.value = 'bo'
  about.dispatchEvent(new Event('change'))
  await give('Rude')
  expect(callsOf(calls)).toEqual(['post /api/events/abc/reports', 'post /api/users/bo/reports'])
  expect(on.run(() => useNotices()).notices.at(-1)?.text).toBe('Thank you. The moderators will look at it.')
})

test('a report about a message has its author and its text', async () => {
  const page = await queue(report({ message: { by: { id: 'org', name: 'Olga' }, text: 'Buy my watches.' } }))
  const message = page.find('[data-testid=reported-message]')
  expect(message.findAll('p').map((each) => each.text())).toEqual([
    'Message to the guests from Olga',
    'Buy my watches.',
  ])
})

test('of a message whose author is gone, only that is left', async () => {
  const page = await queue(report({ message: { by: { id: '', name: '' }, text: '' } }))
  expect(page.find('[data-testid=reported-message]').text()).toContain('The text is gone.')
})
