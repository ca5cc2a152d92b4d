import { describe, expect, test } from 'vitest'
import { Connection, MISMATCH_FIRST_MS, MISMATCHES_MAX, STABLE_MS, type Effect } from '@/live/connection'
import { BACKOFF_MAX_MS } from '@/live/reconnection'
import { SOCKET_HELLO_MS } from '@/live/transportChoice'
import { HELLO, liveConnection } from './liveConnection'

function watched(...views: string[]): Effect[] {
  return views.map((view) => ({ do: 'send', message: { type: 'watch', view } }))
}

describe('opening', () => {
  test('a connection opens once, and is live after hello', () => {
    const connection = new Connection(
      () => 0,
      () => null,
    )
    expect(connection.state).toBe('connecting')
    connection.start(0)
    connection.start(0)
    expect(connection.effects()).toEqual([{ do: 'open', via: 'socket' }])
    connection.onMessage({ ...HELLO, user: 'ada' }, 5)
    expect(connection.state).toBe('live')
    expect(connection.user).toBe('ada')
  })

  test('views watched before hello are requested after it', () => {
    const connection = new Connection(
      () => 0,
      () => null,
    )
    connection.watch('a')
    connection.start(0)
    connection.watch('b')
    expect(connection.effects()).toEqual([{ do: 'open', via: 'socket' }])
    connection.onMessage(HELLO, 0)
    expect(connection.effects()).toEqual(watched('a', 'b'))
  })

  test('a server without hello is given up', () => {
    const connection = new Connection(
      () => 0.5,
      () => null,
    )
    connection.start(0)
    connection.effects()
    expect(connection.deadline).toBe(SOCKET_HELLO_MS)
    connection.onDeadline(SOCKET_HELLO_MS)
    expect(connection.effects()).toEqual([{ do: 'close' }])
    expect(connection.state).toBe('reconnecting')
  })

  test('a second hello violates the protocol', () => {
    const connection = liveConnection()
    expect(() => connection.onMessage(HELLO, 1)).toThrow('hello while open, expected while opening')
  })
})

describe('watching', () => {
  test('a live connection watches and unwatches at once; it unwatches only watched views', () => {
    const connection = liveConnection()
    connection.watch('a')
    connection.unwatch('a')
    connection.unwatch('b')
    expect(connection.effects()).toEqual([...watched('a'), { do: 'send', message: { type: 'unwatch', view: 'a' } }])
  })

  test('a new connection resumes each view from its position', () => {
    const connection = liveConnection({ a: 'e-7' })
    connection.watch('a')
    connection.watch('b')
    connection.effects()
    connection.onClose(1006, 1)
    connection.onDeadline(connection.deadline ?? 0)
    connection.onMessage(HELLO, 500)
    expect(connection.effects()).toEqual([
      { do: 'open', via: 'socket' },
      { do: 'send', message: { type: 'watch', view: 'a', at: 'e-7' } },
      { do: 'send', message: { type: 'watch', view: 'b' } },
    ])
  })
})

describe('reconnecting', () => {
  test('each further failure waits within a window twice as long, up to a limit', () => {
    const connection = new Connection(
      () => 1,
      () => null,
    )
    connection.start(0)
    const waits = Array.from({ length: 7 }, () => {
      connection.onClose(1006, 0)
      const wait = connection.deadline ?? 0
      connection.onDeadline(wait)
      return wait
    })
    expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, BACKOFF_MAX_MS, BACKOFF_MAX_MS])
  })

  test('the wait is anywhere in the window: full jitter', () => {
    const connection = liveConnection({}, 0.25)
    connection.onClose(1006, 100)
    expect(connection.deadline).toBe(100 + 125)
    expect(connection.state).toBe('reconnecting')
  })

  test('the back-off starts again after a stable connection, and continues after an unstable one', () => {
    const steady = liveConnection({}, 1)
    steady.onClose(1006, 0)
    steady.onDeadline(500)
    steady.onMessage(HELLO, 500)
    steady.onClose(1006, 500 + STABLE_MS)
    expect(steady.deadline).toBe(500 + STABLE_MS + 500)
    const flaky = liveConnection({}, 1)
    flaky.onClose(1006, 0)
    flaky.onDeadline(500)
    flaky.onMessage(HELLO, 500)
    flaky.onClose(1006, 600)
    expect(flaky.deadline).toBe(600 + 1_000)
  })

  test('after bye it reconnects at a random moment of the window', () => {
    const connection = liveConnection({}, 0.5)
    connection.onMessage({ type: 'bye', retry_ms: [2_000, 6_000] }, 0)
    expect(connection.state).toBe('live')
    connection.onClose(4000, 10)
    expect(connection.deadline).toBe(10 + 4_000)
  })

  test.each([1000, 1001, 1006, 1012, 4000, 4001, 4002, 4003, 4499])('code %i reconnects', (code) => {
    const connection = liveConnection()
    connection.onClose(code, 0)
    expect(connection.state).toBe('reconnecting')
  })

  test.each([4500, 4501, 4502, 4503, 4999])(
    'code %i does not reconnect, not even when the page becomes visible',
    (code) => {
      const connection = liveConnection()
      connection.onClose(code, 0)
      connection.onVisible(1)
      expect(connection.state).toBe('offline')
      expect(connection.refusalCode).toBe(code)
      expect(connection.deadline).toBeNull()
      expect(connection.effects()).toEqual([])
    },
  )

  test('a new identity reconnects after a refusal too', () => {
    const connection = liveConnection()
    connection.onClose(4503, 0)
    connection.restart(5)
    expect(connection.effects()).toEqual([{ do: 'open', via: 'socket' }])
  })

  test('a crowded gateway gets time', () => {
    const connection = liveConnection({}, 1)
    connection.onClose(4003, 0)
    expect(connection.deadline).toBe(8_000)
  })
})

describe('a gateway that has not received a sign-in yet', () => {
  test('is asked again until it knows the user', () => {
    const connection = liveConnection()
    connection.watch('me')
    connection.restart(0, 'ada')
    connection.effects()
    connection.onMessage(HELLO, 10)
    expect(connection.effects()).toEqual([{ do: 'close' }])
    expect(connection.state).toBe('reconnecting')
    expect(connection.deadline).toBe(10 + MISMATCH_FIRST_MS)
    connection.onDeadline(10 + MISMATCH_FIRST_MS)
    expect(connection.effects()).toEqual([{ do: 'open', via: 'socket' }])
    connection.onMessage({ ...HELLO, user: 'ada' }, 200)
    expect(connection.user).toBe('ada')
    expect(connection.effects()).toEqual(watched('me'))
  })

  test('is believed in the end', () => {
    const connection = liveConnection()
    connection.restart(0, 'ada')
    let now = 0
    for (let attempt = 0; attempt < MISMATCHES_MAX; attempt += 1) {
      connection.onMessage(HELLO, now)
      now = connection.deadline ?? NaN
      connection.onDeadline(now)
    }
    expect(now).toBe(3_100)
    connection.onMessage(HELLO, now)
    expect(connection.state).toBe('live')
    expect(connection.user).toBeNull()
  })

  test('may name another user later, as after a sign-in in another tab', () => {
    const connection = liveConnection()
    connection.restart(0, 'ada')
    connection.onMessage({ ...HELLO, user: 'ada' }, 0)
    connection.onClose(1006, 0)
    connection.onDeadline(connection.deadline ?? NaN)
    connection.onMessage({ ...HELLO, user: 'ben' }, 5_000)
    expect(connection.user).toBe('ben')
  })
})
