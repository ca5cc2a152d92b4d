import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, describe, expect, test, vi } from 'vitest'
import NewEventPage from '@/event-form/NewEventPage.vue'
import { draftKey } from '@/event-form/kept-drafts/storedDrafts'
import { useConfirmation } from '@/shell/confirmation'
import { useNotices } from '@/shell/notices'
import { beforeEachOnStage, openForm, press, submit, text, value } from '../support/forms'
import { answerHttp, problem } from '../support/http'
import { event } from '../support/items'
import { blockedStorage } from '../support/storage'
import { stage, type Stage } from '../support/mounting'

let on: Stage

beforeEachOnStage((signedIn) => (on = signedIn))
afterEach(() => void vi.unstubAllGlobals())

describe('creating', () => {
  const page = (): Promise<VueWrapper> => openForm(on, 'new', NewEventPage)

  test('the card is there while one types', async () => {
    const wrapper = await page()
    await wrapper.find('#title').setValue('Chess in the park')
    await wrapper.find('#capacity').setValue('6')
    expect(text(wrapper, 'aside h3')).toBe('Chess in the park')
    expect(text(wrapper, 'aside [data-testid=seats]')).toBe('0 of 6 going')
    expect(wrapper.find('aside button').exists()).toBe(false)
  })

  test('a problem shows after its field lost the focus, and all problems after an attempt to send', async () => {
    const calls = answerHttp(() => ({ status: 500 }))
    const wrapper = await page()
    expect(wrapper.text()).not.toContain('Enter a title.')
    await wrapper.find('#link').setValue('example')
    await wrapper.find('#link').trigger('blur')
    expect(wrapper.text()).toContain('Enter a web address')
    await submit(wrapper)
    expect(wrapper.text()).toContain('Enter a title.')
    expect(document.activeElement?.id).toBe('title')
    expect(calls).toEqual([])
  })

  test('the proposed start follows the server’s time once it is known', async () => {
    on = stage()
    vi.setSystemTime(Date.UTC(2026, 10, 20, 12)) // the visitor's clock is two days behind
    const wrapper = await page()
    const start = (): string => value(wrapper, 'date')
    expect(start()).toBe('2026-11-20')
    on.server.hello('org', 10_000, Date.UTC(2026, 10, 22, 12))
    await flushPromises()
    expect(start()).toBe('2026-11-22')
    await wrapper.find('#date').setValue('2026-11-21')
    await wrapper.find('#date').trigger('blur')
    expect(wrapper.text()).toContain('That is in the past.')
  })

  test('a start that the visitor has changed stays as it is', async () => {
    on = stage()
    const wrapper = await page()
    await wrapper.find('#date').setValue('2026-12-24')
    on.server.hello('org', 10_000, Date.UTC(2026, 10, 25, 12))
    await flushPromises()
    expect(value(wrapper, 'date')).toBe('2026-12-24')
  })

  test('an event can take whole days, and its times come back', async () => {
    const calls = answerHttp(() => ({ status: 201, data: { id: 'abc', title: 'Fair' } }))
    const wrapper = await page()
    const card = (): string => text(wrapper, 'aside time')
    await wrapper.find('#title').setValue('Fair')
    await wrapper.find('#end-time').setValue('02:00')
    await wrapper.find('input[type=checkbox]').setValue(true)
    expect(wrapper.find('#time').exists()).toBe(false)
    expect([value(wrapper, 'date'), value(wrapper, 'end-date'), card()]).toEqual([
      '2026-11-22',
      '2026-11-22',
      'All day',
    ])
    await wrapper.find('#date').setValue('2026-12-05')
    expect(value(wrapper, 'end-date')).toBe('2026-12-05')
    await wrapper.find('#end-date').setValue('2026-12-04')
    expect(text(wrapper, '#end-date-problem')).toBe("The last day can't be before the first.")
    await wrapper.find('#end-date').setValue('2026-12-06')
    expect([text(wrapper, '#end-date-hint'), card()]).toEqual(['Lasts 2 days.', 'Sat 5 – Sun 6 Dec'])
    expect(text(wrapper, '#zone-hint')).toMatch(/^Everyone sees these days\. They begin and end at midnight in /)
    await wrapper.find('input[type=checkbox]').setValue(false)
    expect([value(wrapper, 'time'), value(wrapper, 'end-date'), value(wrapper, 'end-time')]).toEqual([
      '19:00',
      '2026-12-06',
      '02:00',
    ])
    await wrapper.find('input[type=checkbox]').setValue(true)
    await submit(wrapper)
    expect(calls[0]?.body).toMatchObject({ starts: '2026-12-05T00:00', ends: '2026-12-07T00:00', all_day: true })
  })

  test('the limit is shown before it is hit', async () => {
    const wrapper = await page()
    await wrapper.find('#title').setValue('x'.repeat(100))
    expect(wrapper.text()).toContain('20 left')
  })

  test('a text that is too long says so once, with separators', async () => {
    const wrapper = await page()
    await wrapper.find('#description').setValue('x'.repeat(20_000))
    expect(wrapper.text().match(/16,000 characters too many/g)).toHaveLength(1)
    await wrapper.find('#description').trigger('blur')
    expect(wrapper.text().match(/16,000 characters too many/g)).toHaveLength(1)
    expect(text(wrapper, '#description-problem')).toBe('16,000 characters too many.')
  })

  test('the link shows how it is saved', async () => {
    const wrapper = await page()
    await wrapper.find('#link').setValue('Example.org')
    expect(text(wrapper, '#link-hint')).toBe('Saved as https://example.org')
  })

  test('a problem from the server shows at its field until the field changes', async () => {
    answerHttp(() => {
      const { data, ...rest } = problem(422, 'invalid', 'The request is not well-formed.')
      return {
        ...rest,
        data: { ...(data as object), errors: [{ field: 'starts', message: 'must not be in the past' }] },
      }
    })
    const wrapper = await page()
    await wrapper.find('#title').setValue('Chess')
    await submit(wrapper)
    expect(text(wrapper, '#starts-problem')).toBe('It must not be in the past.')
    await wrapper.find('#time').setValue('20:00')
    expect(wrapper.find('#starts-problem').exists()).toBe(false)
  })

  test('what is typed is there after a reload, until one starts over', async () => {
    const first = await page()
    await first.find('#title').setValue('Chess')
    await first.find('#description').setValue('Bring a clock.')
    first.unmount()
    const wrapper = await page()
    expect(wrapper.text()).toContain('Your unsaved draft is back.')
    expect(value(wrapper, 'title')).toBe('Chess')
    await press(wrapper, 'Start over')
    expect(value(wrapper, 'title')).toBe('')
    expect(wrapper.text()).not.toContain('Your unsaved draft is back.')
    expect(localStorage).toHaveLength(0)
  })

  test('a draft of somebody else is not shown', async () => {
    localStorage.setItem(
      draftKey('ada', null),
      JSON.stringify({ draft: { title: 'Secret' }, base: null, at: Date.now() }),
    )
    const wrapper = await page()
    expect(value(wrapper, 'title')).toBe('')
    expect(localStorage).toHaveLength(0)
  })

  test('leaving with a draft that is kept does not ask, and says so', async () => {
    const wrapper = await page()
    await wrapper.find('#title').setValue('Chess')
    await on.router.push('/')
    expect(on.router.currentRoute.value.path).toBe('/')
    expect(on.run(() => useNotices()).notices.map(({ text }) => text)).toEqual([
      'Not saved yet. Your draft is here when you come back.',
    ])
  })

  test('where the browser keeps nothing, leaving with something unsaved asks; staying stays', async () => {
    vi.stubGlobal('localStorage', blockedStorage())
    const wrapper = await page()
    await wrapper.find('#title').setValue('Chess')
    const leaving = on.router.push('/')
    await flushPromises()
    const confirmation = on.run(() => useConfirmation())
    expect(confirmation.question?.title).toBe('Leave without saving?')
    confirmation.answer('dismiss')
    await leaving
    expect(on.router.currentRoute.value.path).toBe('/new')
    const closing = new Event('beforeunload', { cancelable: true })
    window.dispatchEvent(closing)
    expect(closing.defaultPrevented).toBe(true)
  })

  test('leaving an untouched form does not ask', async () => {
    await page()
    await on.router.push('/')
    expect(on.router.currentRoute.value.path).toBe('/')
  })

  test('a new event opens its page, without a question', async () => {
    const calls = answerHttp(() => ({ status: 201, data: event({ id: 'fresh', title: 'Chess' }) }))
    const wrapper = await page()
    await wrapper.find('#title').setValue('Chess')
    await submit(wrapper)
    expect(calls[0]?.body).toMatchObject({ title: 'Chess', capacity: null, tags: [] })
    expect(on.router.currentRoute.value.path).toBe('/events/fresh')
    expect(Object.keys(localStorage)).toEqual(['turnout.zones'])
  })
})
