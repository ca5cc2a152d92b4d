import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Snapshot } from '@/live/generated'
import { POLL_AFTER_MS, POLL_MAX_MS, POLL_MS, pollWhileDisconnected } from '@/live/polling'
import { LiveViews } from '@/live/liveViews'
import { card } from '../support/items'
import { FakeServer } from '../support/server'

let server: FakeServer
let live: LiveViews
let asked: string[]

beforeEach(() => {
  vi.useFakeTimers()
  server = new FakeServer()
  asked = []
  live = new LiveViews(
    server.connect,
    (show) => show(),
    () => 0,
  )
  live.start()
})
afterEach(() => vi.useRealTimers())

function get(address: string): Promise<Snapshot> {
  asked.push(address)
  return Promise.resolve({ type: 'snapshot', view: address, at: 'e-1', order: 'ascending', items: [card()] })
}

test('a page without a connection shows the response of GET, and polls', async () => {
  pollWhileDisconnected(live, get)
  const view = live.watch('a')
  await vi.advanceTimersByTimeAsync(POLL_AFTER_MS)
  expect(view.items).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(POLL_MS)
  expect(asked).toEqual(['a', 'a'])
})

test('a connected page does not poll', async () => {
  pollWhileDisconnected(live, get)
  live.watch('a')
  server.hello(null, 3_600_000)
  await vi.advanceTimersByTimeAsync(POLL_AFTER_MS + POLL_MS)
  expect(asked).toEqual([])
})

test('a page polls after it lost its connection, until it is connected again', async () => {
  server.hello(null, 3_600_000)
  pollWhileDisconnected(live, get)
  live.watch('a')
  server.socket.drop()
  await vi.advanceTimersByTimeAsync(POLL_AFTER_MS)
  expect(asked).toEqual(['a'])
  server.hello(null, 3_600_000)
  await vi.advanceTimersByTimeAsync(10 * POLL_MS)
  expect(asked).toEqual(['a'])
})

test('a failed poll does not end the polling', async () => {
  pollWhileDisconnected(live, () => Promise.reject(new Error('no network')))
  const view = live.watch('a')
  await vi.advanceTimersByTimeAsync(POLL_AFTER_MS)
  expect(view.at).toBeNull()
  expect(vi.getTimerCount()).toBeGreaterThan(0)
})

test('where nothing live gets through, the page says that it asks, for as long as it gets answers', async () => {
  let isAnswering = true
  pollWhileDisconnected(live, (address) => (isAnswering ? get(address) : Promise.reject(new Error('no network'))))
  live.watch('a')
  for (let failure = 0; failure < 3; failure += 1) {
    server.socket.drop()
    await vi.advanceTimersByTimeAsync(0)
  }
  expect(server.transports).toEqual(['socket', 'socket', 'stream', 'socket'])
  expect(live.state.value).toBe('reconnecting')
  await vi.advanceTimersByTimeAsync(POLL_AFTER_MS)
  expect(live.state.value).toBe('polling')
  isAnswering = false
  await vi.advanceTimersByTimeAsync(POLL_MS)
  expect(live.state.value).toBe('reconnecting')
  isAnswering = true
  await vi.advanceTimersByTimeAsync(POLL_MS)
  expect(live.state.value).toBe('polling')
  server.hello(null, 3_600_000)
  expect(live.state.value).toBe('live')
})

test.each([
  ['5', 5_000],
  ['40', 40_000],
  ['3600', POLL_MAX_MS],
  [undefined, POLL_MS],
])('after too many requests a page asks again when the server says: %s', async (seconds, waitMs) => {
  const headers = seconds === undefined ? {} : { 'retry-after': seconds }
  const refusal = Object.assign(new Error('429'), { isAxiosError: true, response: { status: 429, headers } })
  let refusals = 1
  pollWhileDisconnected(live, (address) => (refusals-- > 0 ? Promise.reject(refusal) : get(address)))
  live.watch('a')
  await vi.advanceTimersByTimeAsync(POLL_AFTER_MS + waitMs - 1)
  expect(asked).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  expect(asked).toEqual(['a'])
})
