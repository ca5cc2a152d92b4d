import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { describe, expect, test, vi } from 'vitest'
import { h, shallowRef } from 'vue'
import EditEventForm from '@/event-form/editing/EditEventForm.vue'
import { useNotices } from '@/shell/notices'
import { beforeEachOnStage, openForm, press, submit, text, value } from '../support/forms'
import { answerHttp, problem } from '../support/http'
import { attendee, event } from '../support/items'
import type { Stage } from '../support/mounting'

let on: Stage

beforeEachOnStage((stage) => (on = stage))

describe('editing', () => {
  const shown = shallowRef(event())

  function page(waitlist: ReturnType<typeof attendee>[] = []): Promise<VueWrapper> {
    shown.value = event()
    return openForm(on, 'edit', { render: () => h(EditEventForm, { event: shown.value, waitlist }) })
  }

  test('sends the fields that differ, and the version of its start', async () => {
    const calls = answerHttp(() => ({ status: 200, data: event({ version: 2 }) }))
    const wrapper = await page()
    await wrapper.find('#title').setValue('Chess')
    await submit(wrapper)
    expect(calls[0]).toMatchObject({ method: 'patch', url: '/api/events/abc', body: { title: 'Chess' } })
    expect(calls[0]?.headers['If-Match']).toBe('"1"')
  })

  test('seats that were taken a moment ago are a problem of their field', async () => {
    answerHttp(() => problem(409, 'event-full', "3 seats are taken, so this can't be lower."))
    const wrapper = await page()
    await wrapper.find('#capacity').setValue('1')
    await submit(wrapper)
    expect(text(wrapper, '#capacity-problem')).toBe("3 seats are taken, so this can't be lower.")
    expect(wrapper.find('#capacity').attributes('aria-invalid')).toBe('true')
    expect(document.activeElement?.id).toBe('capacity')
    expect(wrapper.find('[role=alert]').exists()).toBe(false)
  })

  test('fewer seats than are taken are not even asked for', async () => {
    const calls = answerHttp(() => ({ status: 500 }))
    const wrapper = await page()
    shown.value = event({ going: 1 })
    await flushPromises()
    expect(text(wrapper, '#capacity-hint')).toBe('1 seat is taken. Leave empty for no limit.')
    shown.value = event({ going: 2 })
    await wrapper.find('#capacity').setValue('1')
    await wrapper.find('form').trigger('submit')
    expect(text(wrapper, '#capacity-problem')).toBe("2 seats are taken, so this can't be lower.")
    expect(calls).toEqual([])
  })

  test('a cut below a waiting party warns before it is saved, and can be saved', async () => {
    const calls = answerHttp(() => ({ status: 200, data: event({ version: 2 }) }))
    const wrapper = await page([attendee('Ben', { status: 'waitlisted', party: 4 })])
    expect(text(wrapper, '.text-waiting[role=status]')).toBe('')
    await wrapper.find('#capacity').setValue('3')
    expect(text(wrapper, '.text-waiting[role=status]')).toContain('\u2068Ben\u2069 is waiting for more seats than that')
    await submit(wrapper)
    expect(calls[0]).toMatchObject({ body: { capacity: 3 } })
  })

  test('a save elsewhere is told at once, and joins what is typed here', async () => {
    const calls = answerHttp(() => ({ status: 200, data: event({ version: 3 }) }))
    const wrapper = await page()
    await wrapper.find('#title').setValue('Chess')
    shown.value = event({ version: 2, place: 'The attic' })
    await flushPromises()
    expect(text(wrapper, 'form [role=status].bg-well')).toContain('Place: “The depot” → “The attic”')
    expect([value(wrapper, 'title'), value(wrapper, 'place')]).toEqual(['Chess', 'The attic'])
    expect(on.run(() => useNotices()).notices[0]?.text).toBe('Saved elsewhere meanwhile: Place.')
    await submit(wrapper)
    expect(calls).toMatchObject([{ body: { title: 'Chess' }, headers: { 'If-Match': '"2"' } }])
  })

  test('texts whose changes do not touch are joined while one types', async () => {
    const wrapper = await page()
    shown.value = event({ description: 'Bring dice. Ring twice.' })
    await wrapper.find('#description').setValue('Bring dice. Ring twice.')
    shown.value = event({ version: 2, description: 'Bring dice. Ring twice.' })
    await flushPromises()
    await wrapper.find('#description').setValue('Bring dice and cards. Ring twice.')
    shown.value = event({ version: 3, description: 'Bring dice. Ring once.' })
    await vi.waitFor(() => expect(value(wrapper, 'description')).toBe('Bring dice and cards. Ring once.'))
    expect(wrapper.find('[role=alert]').exists()).toBe(false)
  })

  test('a conflict is told before saving, and “Use mine” saves with one press', async () => {
    const calls = answerHttp(() => ({ status: 200, data: event({ version: 3 }) }))
    const wrapper = await page()
    await wrapper.find('#capacity').setValue('6')
    shown.value = event({ version: 2, capacity: 8, place: 'The attic' })
    await flushPromises()
    expect(text(wrapper, '[role=alert]')).toContain('Capacity: theirs 8, yours 6')
    await submit(wrapper)
    expect(calls).toEqual([])
    expect(document.activeElement?.textContent).toBe('Use mine')
    await press(wrapper, 'Use mine')
    expect(calls).toMatchObject([{ body: { capacity: 6 }, headers: { 'If-Match': '"2"' } }])
    expect(on.router.currentRoute.value.path).toBe('/events/abc')
  })

  test('“Use theirs” takes their value and keeps the rest', async () => {
    const wrapper = await page()
    await wrapper.find('#capacity').setValue('6')
    await wrapper.find('#title').setValue('Chess')
    shown.value = event({ version: 2, capacity: 8 })
    await flushPromises()
    await press(wrapper, 'Use theirs')
    expect([value(wrapper, 'capacity'), value(wrapper, 'title')]).toEqual(['8', 'Chess'])
    expect(wrapper.find('[role=alert]').exists()).toBe(false)
  })

  test('a save that comes too late joins the newer version, and is sent again', async () => {
    const newer = event({ version: 2, place: 'The attic' })
    const calls = answerHttp(({ headers }) => {
      if (headers['If-Match'] !== '"1"') return { status: 200, data: newer }
      const { data, status } = problem(412, 'version-conflict', 'The event was changed in the meantime.')
      return { status, data: { ...(data as object), event: newer } }
    })
    const wrapper = await page()
    await wrapper.find('#title').setValue('Chess')
    await wrapper.find('form').trigger('submit')
    await vi.waitFor(() => expect(on.router.currentRoute.value.path).toBe('/events/abc'))
    expect(calls.map(({ body }) => body)).toEqual([{ title: 'Chess' }, { title: 'Chess' }])
  })

  test.each([
    ['that has ended', { ends_at: Date.UTC(2026, 10, 21) }, 'This event has ended.'],
    ['that was called off', { status: 'cancelled' as const }, 'You called this off.'],
  ])('an event %s offers the texts only', async (_, change, words) => {
    const calls = answerHttp(() => ({ status: 200, data: event({ version: 2 }) }))
    const wrapper = await page()
    await wrapper.find('#time').setValue('20:00')
    await wrapper.find('#title').setValue('Chess')
    shown.value = event(change)
    await flushPromises()
    expect(wrapper.text()).toContain(`${words} Title, description, place, link and tags can still change.`)
    const fields = wrapper.findAll('form input, form textarea').map((each) => each.attributes('id'))
    expect(fields).toEqual(['title', 'place', 'link', 'description', 'tags'])
    await submit(wrapper)
    expect(calls[0]).toMatchObject({ body: { title: 'Chess' } })
  })
})
