import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import EventPage from '@/event-page/EventPage.vue'
import { deskAddress, eventAddress } from '@/live/addresses'
import type { EventItem, InvitationItem, KeptOutItem, NoteItem, RequestItem } from '@/live/generated'
import { ME } from '@/live/liveViews'
import type { Item } from '@/live/replica'
import { useSession } from '@/session/session'
import { useConfirmation } from '@/shell/confirmation'
import { useNotices } from '@/shell/notices'
import { answerHttp, callsOf, problem, type Call } from '../support/http'
import { attendee, event, user as userItem } from '../support/items'
import { stage, type Stage } from '../support/mounting'

const VIEW = eventAddress('abc')
const DESK = deskAddress('abc')
const BO = { id: 'bo', name: 'Bo' }
const ORG = { id: 'org', name: 'Olga' }
const CODE = 'abcdefghijklmnopqrstuvwxyz'

const request: RequestItem = { kind: 'request', key: 'request:bo', rank: 1, user: BO, party: 2, requested_at: 1 }
const keptOut: KeptOutItem = { kind: 'kept-out', key: 'kept-out:bo', rank: 0, user: BO }
const note: NoteItem = { kind: 'note', key: 'note:bo', rank: 0, user: BO, text: 'Pays at the door' }

function invitation(change: Partial<InvitationItem> = {}): InvitationItem {
  const made = { made_by: ORG, made_at: 1, uses: null, ends_at: null, code: CODE, role: 'guest' as const }
  return { kind: 'invitation', key: 'invitation:i1', rank: 1, id: 'i1', ...made, ...change }
}

let on: Stage
beforeEach(() => {
  on = stage()
  answerHttp(() => problem(404, 'webhooks-off', 'Events have no webhooks here.'))
})

async function open(change: Partial<EventItem> = {}, desk: Item[] = [], user = 'org'): Promise<VueWrapper> {
  vi.useFakeTimers({ now: event().starts_at - 3_600_000, toFake: ['Date'] })
  on.run(() => useSession())
  on.server.hello(user)
  await flushPromises()
  on.server.snapshot(ME, [userItem({ id: user, name: 'Olga' })])
  await on.router.push('/events/abc')
  const page = on.mount(EventPage, { id: 'abc' })
  on.server.snapshot(VIEW, [event({ going: 1, ...change }), attendee('Bo')])
  await flushPromises()
  on.server.snapshot(DESK, desk)
  await vi.waitFor(() => expect(page.find('[data-testid=desk]').exists()).toBe(true), 5_000)
  vi.useRealTimers()
  return page
}

async function press(page: VueWrapper, name: string): Promise<void> {
  const found = page.findAll('button').find((each) => each.text() === name || each.attributes('aria-label') === name)
  if (!found) throw new Error(`there is no button ${name}`)
  await found.trigger('click')
  await flushPromises()
}

async function answer(given: 'confirm' | 'alternative'): Promise<void> {
  on.run(() => useConfirmation()).answer(given)
  await flushPromises()
}

function answered(): Call[] {
  return answerHttp(({ method }) => (method === 'post' ? { status: 201, data: {} } : { status: 204 }))
}

test('only hosts watch the desk', async () => {
  on.run(() => useSession())
  on.server.hello('ada')
  await flushPromises()
  const page = on.mount(EventPage, { id: 'abc' })
  on.server.snapshot(VIEW, [event()])
  await flushPromises()
  const watches = (): boolean => on.server.socket.sent.some((sent) => 'view' in sent && sent.view === DESK)
  expect(watches()).toBe(false)
  on.server.patch(VIEW, 'e-2', [event({ cohosts: [{ id: 'ada', name: 'Ada' }] })])
  await vi.waitFor(() => expect(page.find('[data-testid=desk]').exists()).toBe(true), 5_000)
  expect(watches()).toBe(true)
  on.server.patch(VIEW, 'e-3', [event()])
  await flushPromises()
  expect(page.find('[data-testid=desk]').exists()).toBe(false)
  expect(page.find('[data-testid=tools]').exists()).toBe(false)
})

test('requests are counted in the title, live, and approved or declined', async () => {
  const page = await open({ joining: 'request' }, [request])
  expect(page.find('#desk-head').text()).toBe('Guests: 1 request')
  const calls = answered()
  await press(page, 'Approve Bo')
  await press(page, 'Decline Bo')
  expect(callsOf(calls)).toEqual(['post /api/events/abc/requests/bo/approve', 'delete /api/events/abc/requests/bo'])
  on.server.patch(DESK, 'e-2', [], [request.key])
  await flushPromises()
  expect(page.find('#desk-head').text()).toBe('Guests')
  expect(page.text()).toContain('No one is asking right now.')
})

test('a refusal is a notice', async () => {
  const page = await open({ joining: 'request' }, [request])
  answerHttp(() => problem(409, 'event-full', 'There are not enough free seats.'))
  await press(page, 'Approve Bo')
  expect(on.run(() => useNotices()).notices.map(({ text }) => text)).toEqual(['There are not enough free seats.'])
})

describe('invitations', () => {
  const field = '[data-testid=desk] input[readonly]'

  test('are links that are shown and revoked', async () => {
    const page = await open({}, [invitation({ uses: 3 })])
    expect((page.find(field).element as HTMLInputElement).value).toMatch(`/events/abc#invitation=${CODE}`)
    expect(page.text()).toContain('For 3 people')
    await press(page, 'QR code')
    await vi.waitFor(() => expect(page.find('[aria-label="Link for guests as a QR code"]').exists()).toBe(true), 5_000)
    const calls = answered()
    await press(page, 'Revoke')
    expect(callsOf(calls)).toEqual(['delete /api/events/abc/invitations/i1'])
  })

  test('are made with a number of people and an end', async () => {
    const page = await open()
    const calls = answerHttp(() => ({ status: 201, data: invitation() }))
    await page.find('[data-testid=desk] input[inputmode=numeric]').setValue('0')
    await page.find('[data-testid=desk] form').trigger('submit')
    expect(calls).toEqual([])
    await page.find('[data-testid=desk] input[inputmode=numeric]').setValue('3')
    await page.findAll('[data-testid=desk] select')[1]!.setValue('always')
    await page.find('[data-testid=desk] form').trigger('submit')
    await flushPromises()
    expect(calls[0]?.body).toEqual({ role: 'guest', uses: 3, ends_at: null })
  })

  test('for co-hosts have their code only where they were made', async () => {
    const { code, ...listed } = invitation({ role: 'co-host' })
    const page = await open({}, [listed])
    expect(page.find(field).exists()).toBe(false)
    answerHttp(() => ({ status: 201, data: { ...listed, code } }))
    await page.find('[data-testid=desk] form').trigger('submit')
    await flushPromises()
    expect((page.find(field).element as HTMLInputElement).value).toContain(CODE)
  })
})

test('a removed guest can be kept out, and allowed again', async () => {
  const page = await open({}, [])
  const calls = answered()
  await press(page, 'Remove Bo')
  await answer('alternative')
  on.server.patch(DESK, 'e-2', [keptOut])
  await flushPromises()
  await press(page, 'Allow Bo again')
  expect(callsOf(calls)).toEqual(['post /api/events/abc/blocks', 'delete /api/events/abc/blocks/bo'])
})

test('notes stand below the names, for hosts', async () => {
  const page = await open({}, [note])
  expect(page.find('[data-testid=note]').text()).toBe('Pays at the door')
  const calls = answerHttp(() => ({ status: 204 }))
  await press(page, 'Note about Bo')
  await vi.waitFor(() => expect(document.querySelector('[role=dialog] textarea')).not.toBeNull(), 5_000)
  const text = document.querySelector<HTMLTextAreaElement>('[role=dialog] textarea')!
  expect(text.value).toBe('Pays at the door')
  text.value = 'Paid'
  text.dispatchEvent(new Event('input'))
  document.querySelector('[role=dialog] form')!.dispatchEvent(new Event('submit'))
  await flushPromises()
  expect(calls[0]).toMatchObject({ method: 'put', url: '/api/events/abc/notes/bo', body: { text: 'Paid' } })
})

test('a refused note stays in the dialog, with the reason', async () => {
  const page = await open({}, [note])
  answerHttp(() => problem(404, 'event-not-found', 'There is no such event.'))
  await press(page, 'Note about Bo')
  await vi.waitFor(() => expect(document.querySelector('[role=dialog] form')).not.toBeNull(), 5_000)
  document.querySelector('[role=dialog] form')!.dispatchEvent(new Event('submit'))
  await flushPromises()
  expect(document.querySelector('[role=dialog] [role=alert]')?.textContent).toBe('There is no such event.')
})

test('the organizer hands over and removes co-hosts', async () => {
  const page = await open({ cohosts: [BO] })
  const calls = answerHttp(({ method }) => (method === 'post' ? { status: 200, data: event() } : { status: 204 }))
  await press(page, 'Hand over to Bo')
  await answer('confirm')
  await press(page, 'Remove Bo as a co-host')
  await answer('confirm')
  expect(callsOf(calls)).toEqual(['post /api/events/abc/hand-over', 'delete /api/events/abc/hosts/bo'])
  expect(calls[0]?.body).toEqual({ user: 'bo' })
})

test('a co-host steps down, and offers links to guests only', async () => {
  const page = await open({ cohosts: [BO] }, [], 'bo')
  expect(page.text()).not.toContain('Hand over')
  expect(page.findAll('[data-testid=desk] select')).toHaveLength(1)
  const calls = answered()
  await press(page, 'Step down')
  await answer('confirm')
  expect(callsOf(calls)).toEqual(['delete /api/events/abc/hosts/me'])
})
