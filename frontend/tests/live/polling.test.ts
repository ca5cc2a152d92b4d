import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Snapshot } from '@/live/generated'
import { PATIENCE_MS, POLL_MS, pollWithoutLink } from '@/live/polling'
import { LiveViews } from '@/live/views'
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

test('a page whose link does not come about shows what GET answers, and asks again', async () => {
  pollWithoutLink(live, get)
  const view = live.watch('a')
  await vi.advanceTimersByTimeAsync(PATIENCE_MS)
  expect(view.items).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(POLL_MS)
  expect(asked).toEqual(['a', 'a'])
})

test('a page whose link is there asks for nothing', async () => {
  pollWithoutLink(live, get)
  live.watch('a')
  server.hello(null, 3_600_000)
  await vi.advanceTimersByTimeAsync(PATIENCE_MS + POLL_MS)
  expect(asked).toEqual([])
})

test('a link that was lost is waited for, then replaced, until it is back', async () => {
  server.hello(null, 3_600_000)
  pollWithoutLink(live, get)
  live.watch('a')
  server.socket.drop()
  await vi.advanceTimersByTimeAsync(PATIENCE_MS)
  expect(asked).toEqual(['a'])
  server.hello(null, 3_600_000)
  await vi.advanceTimersByTimeAsync(10 * POLL_MS)
  expect(asked).toEqual(['a'])
})

test('no answer is no end of asking', async () => {
  pollWithoutLink(live, () => Promise.reject(new Error('no network')))
  const view = live.watch('a')
  await vi.advanceTimersByTimeAsync(PATIENCE_MS)
  expect(view.at).toBeNull()
  expect(vi.getTimerCount()).toBeGreaterThan(0)
})
