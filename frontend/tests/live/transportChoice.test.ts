import { describe, expect, test } from 'vitest'
import {
  SOCKET_AGAIN_FIRST_MS,
  SOCKET_AGAIN_HELLO_MS,
  SOCKET_AGAIN_MAX_MS,
  SOCKET_FAILURES_MAX,
  SOCKET_HELLO_MS,
  STREAM_BARRED_MS,
  STREAM_HELLO_MS,
  TransportChoice,
  WORKED_FAILURES_MAX,
} from '@/live/transportChoice'

/** A page whose WebSockets are refused. */
function blocked(): TransportChoice {
  const choice = new TransportChoice()
  for (let failure = 0; failure < SOCKET_FAILURES_MAX; failure += 1) choice.onFailure(false, 0)
  return choice
}

test('a refused WebSocket is tried once more, then a stream', () => {
  const choice = new TransportChoice()
  choice.onFailure(false, 0)
  expect(choice.current).toBe('socket')
  choice.onFailure(false, 0)
  expect([choice.current, choice.helloTimeoutMs, choice.isBlocked]).toEqual(['stream', STREAM_HELLO_MS, false])
})

test('a silent WebSocket leads to a stream at once, so that the page is live within 10 s', () => {
  const choice = new TransportChoice()
  expect(choice.helloTimeoutMs).toBe(SOCKET_HELLO_MS)
  choice.onFailure(true, SOCKET_HELLO_MS)
  expect(choice.current).toBe('stream')
})

test('a page that had a WebSocket waits longer for the next: the server is away', () => {
  const choice = new TransportChoice()
  choice.onHello(0)
  for (let failure = 1; failure < WORKED_FAILURES_MAX; failure += 1) {
    choice.onFailure(failure % 2 === 0, 0)
    expect(choice.current).toBe('socket')
  }
  choice.onFailure(false, 0)
  expect(choice.current).toBe('stream')
})

test('where both fail they alternate, and the network counts as blocked until one works', () => {
  const choice = blocked()
  choice.onFailure(false, 0)
  expect([choice.current, choice.isBlocked, choice.helloTimeoutMs]).toEqual(['socket', true, SOCKET_AGAIN_HELLO_MS])
  choice.onFailure(true, 0)
  expect([choice.current, choice.isBlocked]).toEqual(['stream', true])
  choice.onFailure(true, 0)
  choice.onHello(0)
  expect([choice.current, choice.isBlocked]).toEqual(['socket', false])
})

describe('on a stream', () => {
  test('a WebSocket is tried again, ever more rarely', () => {
    const choice = blocked()
    let now = 0
    const waits = Array.from({ length: 7 }, () => {
      choice.onHello(now)
      const wait = (choice.socketAgainAt ?? NaN) - now
      now += wait
      choice.onSocketAgain()
      expect([choice.current, choice.socketAgainAt]).toEqual(['socket', null])
      choice.onFailure(false, now)
      expect(choice.current).toBe('stream')
      return wait
    })
    expect(waits.slice(0, 3)).toEqual([1, 2, 4].map((times) => times * SOCKET_AGAIN_FIRST_MS))
    expect(waits.at(-1)).toBe(SOCKET_AGAIN_MAX_MS)
  })

  test('one that falls silent is not tried for a while: a proxy stores it', () => {
    const choice = blocked()
    choice.onHello(0)
    choice.onSilence(100)
    expect([choice.current, choice.isBlocked]).toEqual(['socket', true])
    choice.onFailure(false, 101)
    expect(choice.current).toBe('socket')
    choice.onFailure(false, 100 + STREAM_BARRED_MS)
    expect(choice.current).toBe('stream')
  })

  test('another network starts anew', () => {
    const choice = blocked()
    choice.onHello(0)
    choice.reset()
    expect([choice.current, choice.socketAgainAt, choice.helloTimeoutMs]).toEqual(['socket', null, SOCKET_HELLO_MS])
  })
})
