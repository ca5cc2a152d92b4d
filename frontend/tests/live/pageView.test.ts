import { expect, test } from 'vitest'
import type { Snapshot } from '@/live/generated'
import { LiveViews } from '@/live/liveViews'
import { takePageView } from '@/live/pageView'
import { card } from '../support/items'
import { FakeServer } from '../support/server'

const VIEW = 'events?when=upcoming'

function snapshot(change: Partial<Snapshot> = {}): Snapshot {
  return { type: 'snapshot', view: VIEW, at: 'e-7', order: 'ascending', items: [card({ id: 'a' })], ...change }
}

function liveViews(server: FakeServer): LiveViews {
  return new LiveViews(
    server.connect,
    (show) => show(),
    () => 0,
  )
}

test('the view that came with the page is taken once', () => {
  document.body.innerHTML = `<script type="application/json" id="view">${JSON.stringify(snapshot())}</script>`
  expect(takePageView(document)).toEqual(snapshot())
  expect(takePageView(document)).toBeNull()
})

test('it is shown at once, and the first connection resumes from it', () => {
  const server = new FakeServer()
  const live = liveViews(server)
  live.adopt(snapshot())
  const view = live.watch(VIEW)
  expect([view.items.map(({ key }) => key), view.at, view.fail]).toEqual([['card:a'], 'e-7', null])
  live.start()
  server.hello()
  expect(server.socket.sent).toContainEqual({ type: 'watch', view: VIEW, at: 'e-7' })
  server.patch(VIEW, 'e-8', [card({ id: 'b' })])
  expect(view.items.map(({ key }) => key)).toEqual(['card:a', 'card:b'])
})

test('it belongs to the address that the page asked for', () => {
  const server = new FakeServer()
  const live = liveViews(server)
  live.adopt(snapshot({ asked: 'events?when=upcoming&tag=A' }))
  const view = live.watch('events?when=upcoming&tag=A')
  expect(view.at).toBe('e-7')
  live.start()
  server.hello()
  server.patch(VIEW, 'e-8', [], ['card:a'])
  expect(view.items).toEqual([])
})
