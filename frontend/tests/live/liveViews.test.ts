import { beforeEach, describe, expect, test } from 'vitest'
import { ACCOUNT, LiveViews, ME } from '@/live/liveViews'
import type { Item } from '@/live/replica'
import { FakeServer } from '../support/server'
import { card, mine } from '../support/items'

let server: FakeServer
let live: LiveViews
let frames: (() => void)[]

function frame(): void {
  for (const show of frames.splice(0)) show()
}

beforeEach(() => {
  server = new FakeServer()
  frames = []
  live = new LiveViews(
    server.connect,
    (show) => frames.push(show),
    () => 0,
  )
  live.start()
})

function keys(items: readonly Item[]): string[] {
  return items.map(({ key }) => key)
}

test('messages are rendered with the next frame, once for many of them', () => {
  const view = live.watch('events?when=upcoming')
  server.hello()
  server.snapshot('events?when=upcoming', [card({ id: 'a' })])
  server.patch('events?when=upcoming', 'e-2', [card({ id: 'b' })])
  expect(view.items).toEqual([])
  expect(frames).toHaveLength(1)
  frame()
  expect(keys(view.items)).toEqual(['card:a', 'card:b'])
  expect(view.at).toBe('e-2')
})

test('an address in another spelling finds its view by the canonical address', () => {
  const view = live.watch('events?tag=&when=upcoming')
  server.hello()
  server.socket.say({
    type: 'snapshot',
    view: 'events?when=upcoming',
    asked: 'events?tag=&when=upcoming',
    at: 'e-1',
    order: 'ascending',
    items: [card()],
  })
  server.patch('events?when=upcoming', 'e-2', [], ['card:abc'])
  frame()
  expect(view.items).toEqual([])
  expect(view.at).toBe('e-2')
})

describe('watchers are counted', () => {
  test('two watchers are one watch, and only the last to go unwatches', () => {
    live.watch('a')
    live.watch('a')
    server.hello()
    expect(server.socket.sent).toEqual([{ type: 'watch', view: 'a' }])
    live.unwatch('a')
    live.unwatch('a')
    expect(server.socket.sent.at(-1)).toEqual({ type: 'unwatch', view: 'a' })
    expect(server.socket.sent).toHaveLength(2)
  })

  test('a view that is watched again starts from its last items, and resumes', () => {
    live.watch('a')
    server.hello()
    server.snapshot('a', [card()], 'e-5')
    frame()
    live.unwatch('a')
    expect(keys(live.watch('a').items)).toEqual(['card:abc'])
    expect(server.socket.sent.at(-1)).toEqual({ type: 'watch', view: 'a', at: 'e-5' })
  })
})

test('a view that ended has a reason, until it is there again', () => {
  const view = live.watch('events/abc')
  server.hello()
  server.socket.say({ type: 'fail', view: 'events/abc', code: 'event-not-found', detail: 'There is no such event.' })
  expect(view.fail?.code).toBe('event-not-found')
  server.snapshot('events/abc', [], 'e-9')
  frame()
  expect(view.fail).toBeNull()
})

describe('identity', () => {
  test.each([ME, `${ME}?q=chess`, ACCOUNT])('another user does not get the view %s of the previous one', (address) => {
    const view = live.watch(address)
    server.hello('ada')
    server.snapshot(address, [mine()], 'e-4')
    frame()
    expect(view.items).toHaveLength(1)
    live.restart('ben')
    server.hello('ben')
    expect(server.socket.sent).toEqual([{ type: 'watch', view: address }])
    expect(view.items).toEqual([])
  })

  test('the same user resumes', () => {
    live.watch(ME)
    server.hello('ada')
    server.snapshot(ME, [mine()], 'e-4')
    server.socket.drop()
    live.onVisible()
    server.hello('ada')
    expect(server.socket.sent).toEqual([{ type: 'watch', view: ME, at: 'e-4' }])
  })

  test('the user of the connection is known', () => {
    expect(live.user.value).toBeUndefined()
    server.hello(null)
    expect(live.user.value).toBeNull()
  })
})

test('a fetched view is shown while there is no connection, and never replaces a live one', () => {
  const view = live.watch('a')
  live.applyFetched('a', { type: 'snapshot', view: 'a', at: 'e-1', order: 'ascending', items: [card({ id: 'http' })] })
  frame()
  expect(keys(view.items)).toEqual(['card:http'])
  server.hello()
  live.applyFetched('a', { type: 'snapshot', view: 'a', at: 'e-0', order: 'ascending', items: [] })
  frame()
  expect(keys(view.items)).toEqual(['card:http'])
})

test('items of any view can be found', () => {
  live.watch('a')
  server.hello()
  server.snapshot('a', [card({ id: 'x' })])
  expect(live.find('card:x')?.key).toBe('card:x')
  expect(live.find('card:y')).toBeUndefined()
})

describe('an event that was just created', () => {
  const gone = { type: 'fail', view: 'events/x', code: 'event-not-found', detail: 'No such event.' } as const

  test('is watched again when the gateway has it', () => {
    server.hello()
    live.onAnswer('e-5')
    const view = live.watch('events/x')
    server.socket.say(gone)
    server.snapshot('other', [], 'e-4')
    expect([view.fail, server.socket.sent.length]).toEqual([null, 1])
    server.snapshot('other', [], 'e-5')
    expect(server.socket.sent).toEqual(Array(2).fill({ type: 'watch', view: 'events/x' }))
    server.snapshot('events/x', [card({ id: 'x' })], 'e-5')
    frame()
    expect(keys(view.items)).toEqual(['card:x'])
  })

  test('is watched again by a gateway that is behind the last one', () => {
    server.hello()
    server.socket.say({ type: 'beat', at: 'e-6' })
    live.onAnswer('e-5')
    server.socket.drop()
    live.onVisible()
    server.hello()
    const view = live.watch('events/x')
    server.socket.say(gone)
    expect(view.fail).toBeNull()
  })

  test('and deleted again has ended', () => {
    server.hello()
    live.onAnswer('e-5')
    const view = live.watch('events/x')
    server.socket.say({ type: 'beat', at: 'e-6' })
    server.socket.say(gone)
    expect(view.fail?.code).toBe('event-not-found')
  })
})
