import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { nextTick } from 'vue'
import { BATCH_MS, useAnnouncer } from '@/shell/announcer'
import LiveRegion from '@/shell/LiveRegion.vue'
import { stage, type Stage } from '../support/mounting'

let on: Stage

beforeEach(() => {
  vi.useFakeTimers()
  on = stage()
})
afterEach(() => vi.useRealTimers())

describe('the live region', () => {
  test('announces own results at once', async () => {
    const region = on.mount(LiveRegion)
    on.run(() => useAnnouncer()).announce("You're going to Go.")
    await nextTick()
    expect(region.attributes('aria-live')).toBe('polite')
    expect(region.text()).toBe("You're going to Go.")
  })

  test('gathers news of others', () => {
    const announcer = on.run(() => useAnnouncer())
    announcer.addJoins('a', 'Board games', 1)
    announcer.addJoins('a', 'Board games', 2)
    expect(announcer.text).toBe('')
    vi.advanceTimersByTime(BATCH_MS)
    expect(announcer.text).toBe('3 people joined \u2068Board games\u2069')
    announcer.addJoins('a', 'Board games', 1)
    announcer.addJoins('b', 'Chess', 4)
    vi.advanceTimersByTime(BATCH_MS)
    expect(announcer.text).toBe('5 people joined 2 events')
  })

  test('announces the same text twice', () => {
    const announcer = on.run(() => useAnnouncer())
    announcer.announce('Saved.')
    const first = announcer.text
    announcer.announce('Saved.')
    expect(announcer.text).not.toBe(first)
    expect(announcer.text.trim()).toBe('Saved.')
  })
})
