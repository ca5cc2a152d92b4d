import { describe, expect, test } from 'vitest'
import { HELLO_TIMEOUT_MS, Link, STEADY_MS, type Effect } from '@/live/link'
import { BACKOFF_MAX_MS } from '@/live/reconnection'
import { HELLO, liveLink } from './liveLink'

function watched(...views: string[]): Effect[] {
  return views.map((view) => ({ do: 'send', message: { type: 'watch', view } }))
}

describe('opening', () => {
  test('it opens once, and is live with hello', () => {
    const link = new Link(
      () => 0,
      () => null,
    )
    expect(link.state).toBe('connecting')
    link.start(0)
    link.start(0)
    expect(link.effects()).toEqual([{ do: 'open' }])
    link.received({ ...HELLO, user: 'ada' }, 5)
    expect(link.state).toBe('live')
    expect(link.user).toBe('ada')
  })

  test('what is watched before hello is asked for after it', () => {
    const link = new Link(
      () => 0,
      () => null,
    )
    link.watch('a')
    link.start(0)
    link.watch('b')
    expect(link.effects()).toEqual([{ do: 'open' }])
    link.received(HELLO, 0)
    expect(link.effects()).toEqual(watched('a', 'b'))
  })

  test('a server that never says hello is given up', () => {
    const link = new Link(
      () => 0.5,
      () => null,
    )
    link.start(0)
    link.effects()
    expect(link.deadline).toBe(HELLO_TIMEOUT_MS)
    link.elapsed(HELLO_TIMEOUT_MS)
    expect(link.effects()).toEqual([{ do: 'close' }])
    expect(link.state).toBe('reconnecting')
  })

  test('a second hello is no message of the protocol', () => {
    const link = liveLink()
    expect(() => link.received(HELLO, 1)).toThrow('hello while open, expected while opening')
  })
})

describe('watching', () => {
  test('a live link watches and unwatches at once; what it does not watch it does not unwatch', () => {
    const link = liveLink()
    link.watch('a')
    link.unwatch('a')
    link.unwatch('b')
    expect(link.effects()).toEqual([...watched('a'), { do: 'send', message: { type: 'unwatch', view: 'a' } }])
  })

  test('a new link resumes each view from where it is', () => {
    const link = liveLink({ a: 'e-7' })
    link.watch('a')
    link.watch('b')
    link.effects()
    link.closed(1006, 1)
    link.elapsed(link.deadline ?? 0)
    link.received(HELLO, 500)
    expect(link.effects()).toEqual([
      { do: 'open' },
      { do: 'send', message: { type: 'watch', view: 'a', at: 'e-7' } },
      { do: 'send', message: { type: 'watch', view: 'b' } },
    ])
  })
})

describe('coming back', () => {
  test('each further failure waits within a window twice as long, up to a limit', () => {
    const link = new Link(
      () => 1,
      () => null,
    )
    link.start(0)
    const waits = Array.from({ length: 7 }, () => {
      link.closed(1006, 0)
      const wait = link.deadline ?? 0
      link.elapsed(wait)
      return wait
    })
    expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, BACKOFF_MAX_MS, BACKOFF_MAX_MS])
  })

  test('the wait is anywhere in the window: full jitter', () => {
    const link = liveLink({}, 0.25)
    link.closed(1006, 100)
    expect(link.deadline).toBe(100 + 125)
    expect(link.state).toBe('reconnecting')
  })

  test('a link that held for a while starts again at the first wait; one that did not goes on', () => {
    const steady = liveLink({}, 1)
    steady.closed(1006, 0)
    steady.elapsed(500)
    steady.received(HELLO, 500)
    steady.closed(1006, 500 + STEADY_MS)
    expect(steady.deadline).toBe(500 + STEADY_MS + 500)
    const flaky = liveLink({}, 1)
    flaky.closed(1006, 0)
    flaky.elapsed(500)
    flaky.received(HELLO, 500)
    flaky.closed(1006, 600)
    expect(flaky.deadline).toBe(600 + 1_000)
  })

  test('after bye it comes back at a random moment of the window', () => {
    const link = liveLink({}, 0.5)
    link.received({ type: 'bye', retry_ms: [2_000, 6_000] }, 0)
    expect(link.state).toBe('live')
    link.closed(4000, 10)
    expect(link.deadline).toBe(10 + 4_000)
  })

  test.each([1000, 1001, 1006, 1012, 4000, 4001, 4002, 4003, 4499])('code %i comes back', (code) => {
    const link = liveLink()
    link.closed(code, 0)
    expect(link.state).toBe('reconnecting')
  })

  test.each([4500, 4501, 4502, 4503, 4999])('code %i does not, whatever wakes it', (code) => {
    const link = liveLink()
    link.closed(code, 0)
    link.woke(1)
    expect(link.state).toBe('offline')
    expect(link.refused).toBe(code)
    expect(link.deadline).toBeNull()
    expect(link.effects()).toEqual([])
  })

  test('a new identity is such a change: it opens again also after a refusal', () => {
    const link = liveLink()
    link.closed(4503, 0)
    link.restart(5)
    expect(link.effects()).toEqual([{ do: 'open' }])
  })

  test('a crowded gateway is given time', () => {
    const link = liveLink({}, 1)
    link.closed(4003, 0)
    expect(link.deadline).toBe(8_000)
  })
})
