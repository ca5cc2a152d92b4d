import { describe, expect, test } from 'vitest'
import { Connection, HIDDEN_STREAM_MS } from '@/live/connection'
import { SOCKET_AGAIN_FIRST_MS, SOCKET_HELLO_MS } from '@/live/transportChoice'
import { HELLO } from './liveConnection'

const SLOW_HELLO = { ...HELLO, beat_ms: 10 * SOCKET_AGAIN_FIRST_MS }

/** A connection whose WebSocket fell silent, and which is live by a stream since `at`. */
function streaming(): { connection: Connection; at: number } {
  const connection = new Connection(
    () => 0.5,
    () => null,
  )
  connection.start(0)
  connection.onDeadline(SOCKET_HELLO_MS)
  const at = connection.deadline ?? NaN
  connection.onDeadline(at)
  expect(connection.effects()).toEqual([{ do: 'open', via: 'socket' }, { do: 'close' }, { do: 'open', via: 'stream' }])
  connection.onMessage(SLOW_HELLO, at)
  return { connection, at }
}

test('where a proxy swallows frames, a stream opens within 10 s', () => {
  const { connection, at } = streaming()
  expect(at).toBeLessThan(10_000)
  expect(connection.state).toBe('live')
})

test('where a proxy refuses WebSockets, a stream opens within 2 s', () => {
  const connection = new Connection(
    () => 1,
    () => null,
  )
  connection.start(0)
  connection.onClose(1006, 0)
  const retryAt = connection.deadline ?? NaN
  connection.onDeadline(retryAt)
  connection.onClose(1006, retryAt)
  connection.effects()
  const at = connection.deadline ?? NaN
  connection.onDeadline(at)
  expect(connection.effects()).toEqual([{ do: 'open', via: 'stream' }])
  expect(at).toBeLessThanOrEqual(2_000)
})

test('a gateway without room does not count as a blocked network', () => {
  const connection = new Connection(
    () => 0,
    () => null,
  )
  connection.start(0)
  for (let refusal = 0; refusal < 4; refusal += 1) {
    connection.effects()
    connection.onClose(4003, 0)
    connection.onDeadline(connection.deadline ?? NaN)
    expect(connection.effects()).toEqual([{ do: 'open', via: 'socket' }])
  }
})

test('the WebSocket is tried again, never both at once; a failure leads back to the stream soon', () => {
  const { connection, at } = streaming()
  expect(connection.deadline).toBe(at + SOCKET_AGAIN_FIRST_MS)
  connection.onDeadline(at + SOCKET_AGAIN_FIRST_MS)
  expect(connection.effects()).toEqual([{ do: 'close' }, { do: 'open', via: 'socket' }])
  const failedAt = connection.deadline ?? NaN
  connection.onDeadline(failedAt)
  connection.effects()
  expect((connection.deadline ?? NaN) - failedAt).toBeLessThanOrEqual(500)
  connection.onDeadline(connection.deadline ?? NaN)
  expect(connection.effects()).toEqual([{ do: 'open', via: 'stream' }])
})

describe('in another network', () => {
  test('a stream is replaced by a WebSocket', () => {
    const { connection, at } = streaming()
    connection.onNetworkChange(at + 1)
    expect(connection.effects()).toEqual([{ do: 'close' }, { do: 'open', via: 'socket' }])
  })

  test('a WebSocket stays', () => {
    const connection = new Connection(
      () => 0,
      () => null,
    )
    connection.start(0)
    connection.onMessage(HELLO, 0)
    connection.effects()
    connection.onNetworkChange(1)
    expect(connection.effects()).toEqual([])
  })

  test('after a time without a network, a WebSocket is tried first', () => {
    const { connection, at } = streaming()
    connection.onOffline()
    connection.onVisible(at + 1)
    expect(connection.effects()).toEqual([{ do: 'close' }, { do: 'open', via: 'socket' }])
  })
})

describe('a hidden page', () => {
  test('closes its stream after a while, since a stream counts as looking, and opens it when it is seen', () => {
    const { connection, at } = streaming()
    connection.onVisibility(false, at + 5)
    expect(connection.deadline).toBe(at + 5 + HIDDEN_STREAM_MS)
    connection.onDeadline(at + 5 + HIDDEN_STREAM_MS)
    expect(connection.effects()).toEqual([{ do: 'close' }])
    expect([connection.state, connection.deadline]).toEqual(['reconnecting', null])
    connection.onVisibility(true, 60_000)
    connection.onVisible(60_000)
    expect(connection.effects()).toEqual([{ do: 'open', via: 'stream' }])
    connection.onMessage(SLOW_HELLO, 60_000)
    expect(connection.deadline).toBeGreaterThan(60_000 + HIDDEN_STREAM_MS)
  })

  test('that is seen again in time keeps it', () => {
    const { connection, at } = streaming()
    connection.onVisibility(false, at + 5)
    connection.onVisibility(true, at + 6)
    connection.onDeadline(at + 5 + HIDDEN_STREAM_MS)
    expect(connection.state).toBe('live')
  })
})
