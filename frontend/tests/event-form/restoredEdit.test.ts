/** An edit that goes on with the draft of an earlier visit. */
import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { expect, test, vi } from 'vitest'
import { h, shallowRef } from 'vue'
import { draftOf, type Draft } from '@/event-form/draft'
import EditEventForm from '@/event-form/editing/EditEventForm.vue'
import { draftKey, storeDraft } from '@/event-form/kept-drafts/storedDrafts'
import type { EventItem } from '@/live/generated'
import { useNotices } from '@/shell/notices'
import { beforeEachOnStage, NOW, openForm, press, submit, value } from '../support/forms'
import { answerHttp } from '../support/http'
import { event } from '../support/items'
import type { Stage } from '../support/mounting'

const shown = shallowRef(event())
let on: Stage

beforeEachOnStage((stage) => (on = stage))

function page(now: EventItem, base: EventItem, change: Partial<Draft>): Promise<VueWrapper> {
  storeDraft(draftKey('org', 'abc'), { draft: { ...draftOf(base), ...change }, base, at: NOW })
  shown.value = now
  return openForm(on, 'edit', { render: () => h(EditEventForm, { event: shown.value }) })
}

function undo(): void {
  const notices = on.run(() => useNotices())
  expect(notices.undoNewest()).toBe(true)
}

test('what was saved since then joins the draft', async () => {
  const calls = answerHttp(() => ({ status: 200, data: event({ version: 3 }) }))
  const wrapper = await page(event({ version: 2, place: 'The attic' }), event(), { title: 'Chess' })
  expect([value(wrapper, 'title'), value(wrapper, 'place')]).toEqual(['Chess', 'The attic'])
  expect(wrapper.text()).toContain('Place: “The depot” → “The attic”')
  await submit(wrapper)
  expect(calls).toMatchObject([{ body: { title: 'Chess' }, headers: { 'If-Match': '"2"' } }])
  expect(Object.keys(localStorage).filter((key) => key.includes('draft'))).toEqual([])
})

test('a draft on a version that no longer is there changes the present one', async () => {
  const calls = answerHttp(() => ({ status: 200, data: event({ version: 3 }) }))
  const wrapper = await page(event({ version: 2 }), event({ version: 7 }), { title: 'Chess' })
  await submit(wrapper)
  expect(calls).toMatchObject([{ body: { title: 'Chess' }, headers: { 'If-Match': '"2"' } }])
})

test('starting over can be undone', async () => {
  const wrapper = await page(event(), event(), { title: 'Chess' })
  await press(wrapper, 'Start over')
  expect([value(wrapper, 'title'), localStorage.length]).toEqual(['Board games', 0])
  undo()
  await flushPromises()
  expect([value(wrapper, 'title'), localStorage.length]).toEqual(['Chess', 1])
})

test('taking their version can be undone', async () => {
  const wrapper = await page(event(), event(), { capacity: '6' })
  shown.value = event({ version: 2, capacity: 8 })
  await flushPromises()
  await press(wrapper, 'Use theirs')
  expect(value(wrapper, 'capacity')).toBe('8')
  undo()
  await flushPromises()
  expect(value(wrapper, 'capacity')).toBe('6')
  expect(wrapper.text()).toContain('Capacity: theirs 8, yours 6')
})

test('a save whose event arrives before its answer is no news', async () => {
  const saved = event({ version: 2, ends: '2026-11-27T21:30', tags: ['strasse'] })
  answerHttp(async () => {
    shown.value = saved
    await flushPromises()
    return { status: 0 }
  })
  const wrapper = await page(event(), event(), { endTime: '', tags: ['straße'] })
  await wrapper.find('form').trigger('submit')
  await vi.waitFor(() => expect(wrapper.text()).toContain('No answer from the server'))
  expect(wrapper.text()).not.toContain('Saved elsewhere')
  expect(wrapper.text()).not.toContain('changed while you were editing')
})
