/** The form of an event that is deleted while somebody edits it. */
import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { expect, test } from 'vitest'
import { h } from 'vue'
import EditEventPage from '@/event-form/EditEventPage.vue'
import { useNotices } from '@/shell/notices'
import { beforeEachOnStage, openForm, submit, value } from '../support/forms'
import { answerHttp } from '../support/http'
import { event } from '../support/items'
import type { Stage } from '../support/mounting'

let on: Stage

beforeEachOnStage((stage) => (on = stage))

function deleteEvent(): void {
  on.server.socket.say({ type: 'fail', view: 'events/abc', code: 'event-not-found', detail: 'There is no such event.' })
}

function page(): Promise<VueWrapper> {
  return openForm(on, 'edit', { render: () => h(EditEventPage, { id: 'abc' }) })
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
  expect(value(wrapper, 'title')).toBe('Chess')
  expect(wrapper.find('button[type=submit]').text()).toBe('Create as new event')
  await submit(wrapper)
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
  expect(value(wrapper, 'title')).toBe('Chess')
  expect(wrapper.find('button[type=submit]').text()).toBe('Create as new event')
})

test('an event that was never open is not found', async () => {
  const wrapper = await page()
  deleteEvent()
  await flushPromises()
  expect(wrapper.text()).toContain("We can't find this event")
})
