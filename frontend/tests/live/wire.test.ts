import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Link } from '@/live/link'
import { Wire, type Connect } from '@/live/wire'
import type { ServerMessage } from '@/live/generated'
import { FakeServer } from '../support/server'

beforeEach(() => vi.useFakeTimers({ now: 0 }))
afterEach(() => vi.useRealTimers())

function wired(connect: Connect): { link: Link; wire: Wire; delivered: ServerMessage[] } {
  const delivered: ServerMessage[] = []
  const link = new Link(
    () => 0.5,
    () => null,
  )
  const wire = new Wire(
    link,
    connect,
    (message) => delivered.push(message),
    () => undefined,
  )
  wire.run((each, now) => each.start(now))
  return { link, wire, delivered }
}

test('the timer runs the deadlines: a silent link is replaced by another', () => {
  const server = new FakeServer()
  const { link } = wired(server.connect)
  server.hello(null, 1_000)
  expect(link.state).toBe('live')
  vi.advanceTimersByTime(2_000)
  expect(server.sockets[0]?.closedByClient).toBe(true)
  expect(link.state).toBe('reconnecting')
  vi.advanceTimersByTime(250)
  expect(server.sockets).toHaveLength(2)
})

test('a stale socket is not heard: neither its messages nor its end', () => {
  const server = new FakeServer()
  const { link, wire, delivered } = wired(server.connect)
  server.hello()
  const stale = server.socket
  wire.run((each, now) => each.restart(now))
  server.hello('ada')
  delivered.length = 0
  stale.say({ type: 'beat', at: 'e-9' })
  stale.drop()
  expect(delivered).toEqual([])
  expect(link.state).toBe('live')
  expect(link.user).toBe('ada')
})

test('messages are delivered after the link has seen them', () => {
  const server = new FakeServer()
  const { delivered } = wired(server.connect)
  server.hello()
  server.snapshot('a', [])
  expect(delivered.map(({ type }) => type)).toEqual(['hello', 'snapshot'])
})

test('a browser that refuses to open a socket is a link that failed, and is tried again', () => {
  let attempts = 0
  const { link } = wired(() => {
    attempts += 1
    throw new Error('forbidden')
  })
  expect(link.state).toBe('reconnecting')
  vi.advanceTimersByTime(250)
  expect(attempts).toBe(2)
})
