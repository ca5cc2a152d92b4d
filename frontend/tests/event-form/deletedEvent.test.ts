/** The form of an event that is deleted while somebody edits it. */
import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { h } from 'vue'
import { RouterView } from 'vue-router'
import EditEventPage from '@/event-form/EditEventPage.vue'
import { ME } from '@/live/liveViews'
import { useSession } from '@/session/session'
import { useNotices } from '@/shell/notices'
import { answerHttp } from '../support/http'
import { event } from '../support/items'
import { stage, type Stage } from '../support/mounting'

let on: Stage

beforeEach(async () => {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 22, 12), toFake: ['Date'] })
  localStorage.clear()
  on = stage()
  on.run(() => useSession())
  on.server.hello('org')
  await flushPromises()
  on.server.snapshot(ME, [{ kind: 'user', key: 'user', rank: 0, id: 'org', name: 'Olga' }])
})
afterEach(() => {
  vi.useRealTimers()
  localStorage.clear()
})

function deleteEvent(): void {
  on.server.socket.say({ type: 'fail', view: 'events/abc', code: 'event-not-found', detail: 'There is no such event.' })
}

async function page(): Promise<VueWrapper> {
  on.router.addRoute({ path: '/events/:id/edit', name: 'edit', component: EditEventPage, props: true })
  await on.router.push('/events/abc/edit')
  const wrapper = on.mount({ render: () => h(RouterView) })
  await flushPromises()
  return wrapper
}

async function pageOfDeletedEvent(): Promise<VueWrapper> {
  const wrapper = await page()
  on.server.snapshot('events/abc', [event()])
  await flushPromises()
  await wrapper.find('#title').setValue('Chess')
  deleteEvent()
  await flushPromises()
  return wrapper
}

test('the form stays with what was typed, and makes a new event of it', async () => {
  const calls = answerHttp(() => ({ status: 201, data: event({ id: 'fresh', title: 'Chess' }) }))
  const wrapper = await pageOfDeletedEvent()
  expect(wrapper.find('[role=alert]').text()).toContain('This event was deleted. What you wrote is still here.')
  expect((wrapper.find('#title').element as HTMLInputElement).value).toBe('Chess')
  expect(wrapper.find('button[type=submit]').text()).toBe('Create as new event')
  await wrapper.find('form').trigger('submit')
  await flushPromises()
  expect(calls).toMatchObject([{ method: 'post', url: '/api/events', body: { title: 'Chess', place: 'The depot' } }])
  expect(on.router.currentRoute.value.path).toBe('/events/fresh')
  expect(Object.keys(localStorage)).toEqual(['turnout.zones'])
  expect(on.run(() => useNotices()).notices.map(({ text }) => text)).toEqual(['\u2068Chess\u2069 is live.'])
})

test('the draft of a deleted event is there after a reload', async () => {
  const first = await pageOfDeletedEvent()
  first.unmount()
  await on.router.push('/')
  const wrapper = await page()
  deleteEvent()
  await flushPromises()
  expect((wrapper.find('#title').element as HTMLInputElement).value).toBe('Chess')
  expect(wrapper.find('button[type=submit]').text()).toBe('Create as new event')
})

test('an event that was never open is not found', async () => {
  const wrapper = await page()
  deleteEvent()
  await flushPromises()
  expect(wrapper.text()).toContain("We can't find this event")
})
