import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Connection } from '@/live/connection'
import { SocketRunner, type Connect } from '@/live/socket'
import type { ServerMessage } from '@/live/generated'
import { FakeServer } from '../support/server'

beforeEach(() => vi.useFakeTimers({ now: 0 }))
afterEach(() => vi.useRealTimers())

function started(connect: Connect): { connection: Connection; runner: SocketRunner; delivered: ServerMessage[] } {
  const delivered: ServerMessage[] = []
  const connection = new Connection(
    () => 0.5,
    () => null,
  )
  const runner = new SocketRunner(
    connection,
    connect,
    (message) => delivered.push(message),
    () => undefined,
  )
  runner.dispatch((each, now) => each.start(now))
  return { connection, runner, delivered }
}

test('the timer runs the deadlines: a silent connection is replaced', () => {
  const server = new FakeServer()
  const { connection } = started(server.connect)
  server.hello(null, 1_000)
  expect(connection.state).toBe('live')
  vi.advanceTimersByTime(2_000)
  expect(server.sockets[0]?.closedByClient).toBe(true)
  expect(connection.state).toBe('reconnecting')
  vi.advanceTimersByTime(250)
  expect(server.sockets).toHaveLength(2)
})

describe('the visitor’s clock', () => {
  const HOUR = 3_600_000

  test('does not hide a dead connection when it is set back', () => {
    const server = new FakeServer()
    const { connection } = started(server.connect)
    server.hello(null, 1_000)
    vi.setSystemTime(-HOUR)
    vi.advanceTimersByTime(2_000)
    expect(connection.state).toBe('reconnecting')
  })

  test('that runs ahead of the monotonic one shows a suspension: the connection is replaced', () => {
    const server = new FakeServer()
    const { connection } = started(server.connect)
    server.hello(null, 60_000)
    vi.setSystemTime(HOUR)
    vi.advanceTimersByTime(5_000)
    expect(server.sockets[0]?.closedByClient).toBe(true)
    expect(server.sockets).toHaveLength(2)
    server.hello('ada', 60_000)
    vi.advanceTimersByTime(30_000)
    expect([connection.state, connection.user, server.sockets.length]).toEqual(['live', 'ada', 2])
  })

  test('shows a suspension with the message that arrives first after it', () => {
    const server = new FakeServer()
    const { delivered } = started(server.connect)
    vi.setSystemTime(HOUR)
    server.hello()
    expect(delivered).toHaveLength(1)
    expect(server.sockets).toHaveLength(2)
    server.hello()
    expect(server.sockets).toHaveLength(2)
  })

  test('may run on by a little', () => {
    const server = new FakeServer()
    started(server.connect)
    server.hello(null, 60_000)
    vi.setSystemTime(4_000)
    vi.advanceTimersByTime(30_000)
    expect(server.sockets).toHaveLength(1)
  })
})

test('messages and the close of a stale socket are ignored', () => {
  const server = new FakeServer()
  const { connection, runner, delivered } = started(server.connect)
  server.hello()
  const stale = server.socket
  runner.dispatch((each, now) => each.restart(now))
  server.hello('ada')
  delivered.length = 0
  stale.say({ type: 'beat', at: 'e-9' })
  stale.drop()
  expect(delivered).toEqual([])
  expect(connection.state).toBe('live')
  expect(connection.user).toBe('ada')
})

test('messages are delivered after the connection has processed them', () => {
  const server = new FakeServer()
  const { delivered } = started(server.connect)
  server.hello()
  server.snapshot('a', [])
  expect(delivered.map(({ type }) => type)).toEqual(['hello', 'snapshot'])
})

test('a browser that refuses to open a socket counts as a failed connection, and is retried', () => {
  let attempts = 0
  const { connection } = started(() => {
    attempts += 1
    throw new Error('forbidden')
  })
  expect(connection.state).toBe('reconnecting')
  vi.advanceTimersByTime(250)
  expect(attempts).toBe(2)
})
