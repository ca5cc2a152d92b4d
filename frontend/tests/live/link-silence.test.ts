import { describe, expect, test } from 'vitest'
import { PROBE_TIMEOUT_MS } from '@/live/link'
import { BEAT_MS, liveLink } from './liveLink'

describe('noticing a dead link', () => {
  test('twice the beat without a message is too long; each message starts it anew', () => {
    const link = liveLink()
    expect(link.deadline).toBe(2 * BEAT_MS)
    link.received({ type: 'beat', at: 'e-1' }, 1_500)
    link.elapsed(2 * BEAT_MS)
    expect(link.state).toBe('live')
    link.elapsed(1_500 + 2 * BEAT_MS)
    expect(link.effects()).toEqual([{ do: 'close' }])
    expect(link.state).toBe('reconnecting')
  })

  test('waking up asks a quiet link, and gives it little time to answer', () => {
    const link = liveLink({ a: 'e-3' })
    link.watch('a')
    link.effects()
    link.woke(BEAT_MS + 1)
    expect(link.effects()).toEqual([{ do: 'send', message: { type: 'watch', view: 'a', at: 'e-3' } }])
    expect(link.deadline).toBe(BEAT_MS + 1 + PROBE_TIMEOUT_MS)
    link.received({ type: 'patch', view: 'a', at: 'e-4', upsert: [], remove: [] }, BEAT_MS + 50)
    expect(link.deadline).toBe(BEAT_MS + 50 + 2 * BEAT_MS)
  })

  test('waking up after a long sleep opens a new link at once', () => {
    const link = liveLink()
    link.watch('a')
    link.effects()
    link.woke(60_000)
    expect(link.effects()).toEqual([{ do: 'close' }, { do: 'open' }])
  })

  test('waking up leaves a link alone that was heard just now', () => {
    const link = liveLink()
    link.woke(10)
    expect(link.effects()).toEqual([])
    expect(link.state).toBe('live')
  })

  test('waking up does not wait for the next retry', () => {
    const link = liveLink()
    link.closed(1006, 0)
    link.woke(1)
    expect(link.effects()).toEqual([{ do: 'open' }])
  })
})

describe('the network', () => {
  test('without a network it is offline and does not try; with it, it opens at once', () => {
    const link = liveLink()
    link.unplugged()
    expect(link.effects()).toEqual([{ do: 'close' }])
    expect(link.state).toBe('offline')
    expect(link.deadline).toBeNull()
    link.closed(1006, 5)
    expect(link.state).toBe('offline')
    link.woke(10)
    expect(link.effects()).toEqual([{ do: 'open' }])
    expect(link.state).toBe('reconnecting')
  })
})
