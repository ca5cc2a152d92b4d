import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { nextTick } from 'vue'
import { GATHER_MS, useAnnouncer } from '@/shell/announcer'
import LiveBadge from '@/shell/LiveBadge.vue'
import LiveRegion from '@/shell/LiveRegion.vue'
import NoticeList from '@/shell/NoticeList.vue'
import { NOTICE_MS, useNotices } from '@/shell/notices'
import { stage, type Stage } from '../support/mounting'

let on: Stage

beforeEach(() => {
  vi.useFakeTimers()
  on = stage()
})
afterEach(() => vi.useRealTimers())

test('the badge names the state of the connection', async () => {
  const badge = on.mount(LiveBadge)
  expect(badge.attributes('role')).toBe('status')
  expect(badge.text()).toBe('Connecting')
  on.server.hello()
  await nextTick()
  expect(badge.text()).toBe('Live')
  on.server.socket.drop()
  await nextTick()
  expect(badge.text()).toBe('Reconnecting')
  on.live.onOffline()
  await nextTick()
  expect(badge.text()).toBe('Offline')
})

describe('the live region', () => {
  test('says own results at once', async () => {
    const region = on.mount(LiveRegion)
    on.run(() => useAnnouncer()).say("You're going to Go.")
    await nextTick()
    expect(region.attributes('aria-live')).toBe('polite')
    expect(region.text()).toBe("You're going to Go.")
  })

  test('gathers news of others', () => {
    const announcer = on.run(() => useAnnouncer())
    announcer.joined('a', 'Board games', 1)
    announcer.joined('a', 'Board games', 2)
    expect(announcer.said).toBe('')
    vi.advanceTimersByTime(GATHER_MS)
    expect(announcer.said).toBe('3 people joined Board games')
    announcer.joined('a', 'Board games', 1)
    announcer.joined('b', 'Chess', 4)
    vi.advanceTimersByTime(GATHER_MS)
    expect(announcer.said).toBe('5 people joined 2 events')
  })

  test('says the same words twice when they happen twice', () => {
    const announcer = on.run(() => useAnnouncer())
    announcer.say('Saved.')
    const first = announcer.said
    announcer.say('Saved.')
    expect(announcer.said).not.toBe(first)
    expect(announcer.said.trim()).toBe('Saved.')
  })
})

describe('notices', () => {
  test('go away by themselves, but a problem stays', () => {
    const notices = on.run(() => useNotices())
    notices.tell('Saved.')
    notices.complain('It could not be saved.')
    expect(notices.notices).toHaveLength(2)
    vi.advanceTimersByTime(NOTICE_MS)
    expect(notices.notices.map(({ text }) => text)).toEqual(['It could not be saved.'])
  })

  test('stay while somebody is at them, by pointer or by focus', async () => {
    const notices = on.run(() => useNotices())
    const list = on.mount(NoticeList)
    notices.tell('Saved.')
    await nextTick()
    for (const [at, away] of [
      ['pointerover', 'pointerleave'],
      ['focusin', 'focusout'],
    ] as const) {
      await list.trigger(at)
      vi.advanceTimersByTime(10 * NOTICE_MS)
      expect(notices.notices).toHaveLength(1)
      await list.trigger(away)
      vi.advanceTimersByTime(NOTICE_MS - 1)
      expect(notices.notices).toHaveLength(1)
    }
    vi.advanceTimersByTime(1)
    expect(notices.notices).toEqual([])
  })

  test('one that is closed under the pointer holds no other', () => {
    const notices = on.run(() => useNotices())
    notices.tell('One.')
    notices.tell('Two.')
    notices.hold()
    notices.close(notices.notices[0]?.id ?? 0)
    vi.advanceTimersByTime(NOTICE_MS)
    expect(notices.notices).toEqual([])
  })

  test('undo is a key away, but not in a field', () => {
    const notices = on.run(() => useNotices())
    on.mount(NoticeList)
    const run = vi.fn<() => void>()
    notices.tell('You left.', { label: 'Undo', run })
    notices.tell('Saved.')
    const press = (target: EventTarget): Event => {
      const event = new KeyboardEvent('keydown', { key: 'z', ctrlKey: true, bubbles: true, cancelable: true })
      target.dispatchEvent(event)
      return event
    }
    const field = document.body.appendChild(document.createElement('input'))
    expect(press(field).defaultPrevented).toBe(false)
    expect(run).not.toHaveBeenCalled()
    expect(press(document.body).defaultPrevented).toBe(true)
    expect(run).toHaveBeenCalledOnce()
    expect(notices.notices.map(({ text }) => text)).toEqual(['Saved.'])
    expect(press(document.body).defaultPrevented).toBe(false)
  })

  test('are heard, with what can be done', () => {
    on.run(() => useNotices()).tell('You left.', { label: 'Undo', run: () => undefined })
    expect(on.run(() => useAnnouncer()).said).toBe('You left. Undo with Control Z.')
  })
})
