import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { nextTick } from 'vue'
import { GATHER_MS, useAnnouncer } from '@/shell/announcer'
import LiveBadge from '@/shell/LiveBadge.vue'
import LiveRegion from '@/shell/LiveRegion.vue'
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
