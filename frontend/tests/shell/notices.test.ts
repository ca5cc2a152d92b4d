import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { defineComponent, h } from 'vue'
import LiveRegion from '@/shell/LiveRegion.vue'
import NoticeList from '@/shell/NoticeList.vue'
import { NOTICE_MS, useNotices } from '@/shell/notices'
import { stage } from '../support/mounting'

let notices: ReturnType<typeof useNotices>
let list: VueWrapper

beforeEach(() => {
  vi.useFakeTimers()
  const on = stage()
  notices = on.run(() => useNotices())
  list = on.mount(defineComponent({ render: () => [h(NoticeList), h(LiveRegion)] }))
})
afterEach(() => vi.useRealTimers())

const texts = (): string[] => notices.notices.map(({ text }) => text)
const shown = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>('[data-testid=notice]')]
const viewport = (): HTMLElement => shown()[0]!.parentElement!

function press(key: string, target: EventTarget = document.body, ctrlKey = true): Event {
  const event = new KeyboardEvent('keydown', { key, ctrlKey, bubbles: true, cancelable: true })
  target.dispatchEvent(event)
  return event
}

test('a result closes by itself, but a problem stays', async () => {
  notices.show('Saved.')
  notices.showProblem('It could not be saved.')
  await flushPromises()
  expect(shown()).toHaveLength(2)
  await vi.advanceTimersByTimeAsync(NOTICE_MS)
  expect(texts()).toEqual(['It could not be saved.'])
})

test('there are at most three notices', () => {
  for (const text of ['1', '2', '3', '4']) notices.show(text)
  expect(texts()).toEqual(['2', '3', '4'])
})

test('a notice with a key stays, and is replaced by the next with that key', () => {
  const onClose = vi.fn()
  notices.put('games', 'It moved.', null, onClose)
  for (const text of ['1', '2', '3', '4']) notices.show(text)
  expect(texts()).toEqual(['It moved.', '2', '3', '4'])
  notices.put('games', 'It was called off.', null, onClose)
  expect(texts()).toEqual(['2', '3', '4', 'It was called off.'])
  const { id } = notices.notices.at(-1)!
  notices.put('games', 'It was called off.', null, onClose)
  expect(notices.notices.at(-1)?.id).toBe(id)
  expect(onClose).not.toHaveBeenCalled()
  notices.close(id)
  expect(onClose).toHaveBeenCalledOnce()
})

test('an action that undoes nothing has no keys for Undo', async () => {
  notices.show('No answer.', { label: 'Try again', run: () => undefined })
  await flushPromises()
  const button = shown()[0]!.querySelector('button')!
  expect([button.textContent.trim(), button.getAttribute('aria-keyshortcuts')]).toEqual(['Try again', null])
  expect(press('z').defaultPrevented).toBe(false)
  expect(document.querySelector('[data-testid=announcements]')?.textContent).toBe('No answer.')
})

test.each([
  ['pointer', () => viewport(), 'pointermove', 'pointerleave'],
  ['focus', () => viewport(), 'focusin', 'focusout'],
  ['another window', () => window, 'blur', 'focus'],
] as const)('the time pauses: %s', async (_, target, start, end) => {
  notices.show('Saved.')
  await flushPromises()
  target().dispatchEvent(new Event(start, { bubbles: true }))
  await vi.advanceTimersByTimeAsync(10 * NOTICE_MS)
  expect(texts()).toEqual(['Saved.'])
  target().dispatchEvent(new Event(end, { bubbles: true }))
  await vi.advanceTimersByTimeAsync(NOTICE_MS)
  expect(texts()).toEqual([])
})

test('the Close button closes its notice only', async () => {
  notices.show('One.')
  notices.show('Two.')
  await flushPromises()
  shown()[0]!.querySelector<HTMLElement>('[aria-label=Close]')!.click()
  await flushPromises()
  expect(texts()).toEqual(['Two.'])
})

test('Escape closes no notice, and its time continues', async () => {
  notices.show('Saved.')
  await flushPromises()
  expect(press('Escape', document.body, false).defaultPrevented).toBe(false)
  expect(texts()).toEqual(['Saved.'])
  await vi.advanceTimersByTimeAsync(NOTICE_MS)
  expect(texts()).toEqual([])
})

describe('the action', () => {
  const run = vi.fn<() => void>()
  beforeEach(() => {
    run.mockClear()
    notices.show('You left.', { label: 'Undo', run })
  })

  test('has a button, which closes the notice', async () => {
    await flushPromises()
    shown()[0]!.querySelector('button')!.click()
    expect(run).toHaveBeenCalledOnce()
    expect(texts()).toEqual([])
  })

  test('has a shortcut, except in a field', () => {
    notices.show('Saved.')
    const field = document.body.appendChild(document.createElement('input'))
    expect(press('z', field).defaultPrevented).toBe(false)
    expect(run).not.toHaveBeenCalled()
    expect(press('z').defaultPrevented).toBe(true)
    expect(run).toHaveBeenCalledOnce()
    expect(texts()).toEqual(['Saved.'])
    expect(press('z').defaultPrevented).toBe(false)
  })

  test('is announced with the notice, once', async () => {
    await flushPromises()
    await vi.advanceTimersByTimeAsync(100)
    const announced = [...document.querySelectorAll('[aria-live]')].map(({ textContent }) => textContent.trim())
    expect(announced.filter((text) => text.includes('You left'))).toEqual(['You left. Undo with Control Z.'])
  })
})

test('without notices there is no region', async () => {
  expect(list.find('[role=region]').exists()).toBe(false)
  notices.show('Saved.')
  await flushPromises()
  expect(list.find('[role=region]').exists()).toBe(true)
})
