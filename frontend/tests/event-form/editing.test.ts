import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { h, shallowRef } from 'vue'
import { RouterView } from 'vue-router'
import EditEventForm from '@/event-form/EditEventForm.vue'
import { ME } from '@/live/liveViews'
import { useSession } from '@/session/session'
import { answerHttp, problem } from '../support/http'
import { attendee, event } from '../support/items'
import { stage, type Stage } from '../support/mounting'

let on: Stage

beforeEach(async () => {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 22, 12), toFake: ['Date'] })
  on = stage()
  on.run(() => useSession())
  on.server.hello('org')
  await flushPromises()
  on.server.snapshot(ME, [{ kind: 'user', key: 'user', rank: 0, id: 'org', name: 'Olga' }])
})
afterEach(() => vi.useRealTimers())

function text(wrapper: VueWrapper, selector: string): string {
  return wrapper.find(selector).text()
}

describe('editing', () => {
  const shown = shallowRef(event())

  async function page(waitlist: ReturnType<typeof attendee>[] = []): Promise<VueWrapper> {
    shown.value = event()
    on.router.addRoute({
      path: '/events/:id/edit',
      name: 'edit',
      component: { render: () => h(EditEventForm, { event: shown.value, waitlist }) },
    })
    await on.router.push('/events/abc/edit')
    return on.mount({ render: () => h(RouterView) })
  }

  test('sends the fields that differ, and the version of its start', async () => {
    const calls = answerHttp(() => ({ status: 200, data: event({ version: 2 }) }))
    const wrapper = await page()
    await wrapper.find('#title').setValue('Chess')
    await wrapper.find('form').trigger('submit')
    await flushPromises()
    expect(calls[0]).toMatchObject({ method: 'patch', url: '/api/events/abc', body: { title: 'Chess' } })
    expect(calls[0]?.headers['If-Match']).toBe('"1"')
  })

  test('seats that were taken a moment ago are a problem of their field', async () => {
    answerHttp(() => problem(409, 'event-full', "3 seats are taken, so this can't be lower."))
    const wrapper = await page()
    await wrapper.find('#capacity').setValue('1')
    await wrapper.find('form').trigger('submit')
    await flushPromises()
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
    expect(text(wrapper, '[role=status]')).toBe('')
    await wrapper.find('#capacity').setValue('3')
    expect(text(wrapper, '[role=status]')).toContain('\u2068Ben\u2069 is waiting for more seats than that')
    await wrapper.find('form').trigger('submit')
    await flushPromises()
    expect(calls[0]).toMatchObject({ body: { capacity: 3 } })
  })

  test('after a save by another person it lists their changes, and can continue', async () => {
    const calls = answerHttp(({ headers }) =>
      headers['If-Match'] === '"1"'
        ? problem(412, 'version-conflict', 'The event was changed in the meantime.')
        : { status: 200, data: event() },
    )
    const wrapper = await page()
    await wrapper.find('#title').setValue('Chess')
    shown.value = event({ version: 2, place: 'The attic' })
    await wrapper.find('form').trigger('submit')
    await flushPromises()
    expect(text(wrapper, '[role=alert]')).toContain('Place: “The depot” → “The attic”')
    await wrapper
      .findAll('button')
      .find((each) => each.text() === 'Use mine')
      ?.trigger('click')
    expect((wrapper.find('#place').element as HTMLInputElement).value).toBe('The attic')
    expect((wrapper.find('#title').element as HTMLInputElement).value).toBe('Chess')
    await flushPromises()
    expect(calls).toHaveLength(2)
    expect(calls.at(-1)).toMatchObject({ body: { title: 'Chess' }, headers: { 'If-Match': '"2"' } })
  })
})
