import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { nextTick } from 'vue'
import ConnectionNote from '@/shell/ConnectionNote.vue'
import { stage } from '../support/mounting'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

test('a page that loads says that there is no network, or no answer for long, and nothing once it is live', async () => {
  const on = stage()
  const note = on.mount(ConnectionNote)
  expect(note.text()).toBe('')
  await vi.advanceTimersByTimeAsync(3_000)
  expect(note.text()).toContain('No answer from the server')
  on.live.onOffline()
  await nextTick()
  expect(note.text()).toContain("You're offline")
  on.live.onVisible()
  on.server.hello()
  await nextTick()
  expect(note.text()).toBe('')
})
