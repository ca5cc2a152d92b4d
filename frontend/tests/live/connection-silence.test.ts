import { describe, expect, test } from 'vitest'
import { PROBE_TIMEOUT_MS } from '@/live/connection'
import { BEAT_MS, HELLO, liveConnection } from './liveConnection'

describe('detecting a dead connection', () => {
  test('a connection is dead after two beats without a message', () => {
    const connection = liveConnection()
    expect(connection.deadline).toBe(2 * BEAT_MS)
    connection.onMessage({ type: 'beat', at: 'e-1' }, 1_500)
    connection.onDeadline(2 * BEAT_MS)
    expect(connection.state).toBe('live')
    connection.onDeadline(1_500 + 2 * BEAT_MS)
    expect(connection.effects()).toEqual([{ do: 'close' }])
    expect(connection.state).toBe('reconnecting')
  })

  test('a page that becomes visible probes a silent connection with a short deadline', () => {
    const connection = liveConnection({ a: 'e-3' })
    connection.watch('a')
    connection.effects()
    connection.onVisible(BEAT_MS + 1)
    expect(connection.effects()).toEqual([{ do: 'send', message: { type: 'watch', view: 'a', at: 'e-3' } }])
    expect(connection.deadline).toBe(BEAT_MS + 1 + PROBE_TIMEOUT_MS)
    connection.onMessage({ type: 'patch', view: 'a', at: 'e-4', upsert: [], remove: [] }, BEAT_MS + 50)
    expect(connection.deadline).toBe(BEAT_MS + 50 + 2 * BEAT_MS)
  })

  test('a page that becomes visible after a long sleep reconnects at once', () => {
    const connection = liveConnection()
    connection.watch('a')
    connection.effects()
    connection.onVisible(60_000)
    expect(connection.effects()).toEqual([{ do: 'close' }, { do: 'open', via: 'socket' }])
  })

  test('a page that becomes visible keeps a connection with recent messages', () => {
    const connection = liveConnection()
    connection.onVisible(10)
    expect(connection.effects()).toEqual([])
    expect(connection.state).toBe('live')
  })

  test('a page that becomes visible does not wait for the next retry', () => {
    const connection = liveConnection()
    connection.onClose(1006, 0)
    connection.onVisible(1)
    expect(connection.effects()).toEqual([{ do: 'open', via: 'socket' }])
  })
})

describe('the network', () => {
  test('without a network it is offline and does not try; with it, it opens at once', () => {
    const connection = liveConnection()
    connection.onOffline()
    expect(connection.effects()).toEqual([{ do: 'close' }])
    expect(connection.state).toBe('offline')
    expect(connection.deadline).toBeNull()
    connection.onClose(1006, 5)
    expect(connection.state).toBe('offline')
    connection.onVisible(10)
    expect(connection.effects()).toEqual([{ do: 'open', via: 'socket' }])
    expect(connection.state).toBe('reconnecting')
  })
})

describe('a machine that was suspended', () => {
  test('gets a new connection, which still expects the user who signed in', () => {
    const connection = liveConnection()
    connection.onWake(10)
    expect(connection.effects()).toEqual([{ do: 'close' }, { do: 'open', via: 'socket' }])
    connection.restart(20, 'ada')
    connection.effects()
    connection.onWake(30)
    connection.onMessage(HELLO, 40)
    expect(connection.state).toBe('reconnecting')
  })

  test('gets none if the server forbade to come back', () => {
    const connection = liveConnection()
    connection.onClose(4500, 10)
    connection.onWake(20)
    expect(connection.effects()).toEqual([])
    expect(connection.state).toBe('offline')
  })
})
