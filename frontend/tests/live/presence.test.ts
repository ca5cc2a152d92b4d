import { describe, expect, test } from 'vitest'
import { Connection } from '@/live/connection'
import { BEAT_MS, HELLO } from './liveConnection'

function sends(looking: boolean): object {
  return { do: 'send', message: { type: 'presence', looking } }
}

/** A connection that opens at 0, and watches one view. */
function opening(isVisible = true): Connection {
  const connection = new Connection(
    () => 0.5,
    () => null,
  )
  connection.watch('events/a')
  connection.onVisibility(isVisible, 0)
  connection.start(0)
  connection.effects()
  return connection
}

describe('reports of presence', () => {
  test('a page says that it is looking before it watches, and again at each interval', () => {
    const connection = opening()
    connection.onMessage({ ...HELLO, presence_ms: BEAT_MS }, 0)
    expect(connection.effects()).toEqual([sends(true), { do: 'send', message: { type: 'watch', view: 'events/a' } }])
    expect(connection.deadline).toBe(BEAT_MS)
    connection.onDeadline(BEAT_MS)
    expect(connection.effects()).toEqual([sends(true)])
    expect(connection.deadline).toBe(2 * BEAT_MS)
  })

  test('a hidden page says so once, and says when it is shown again', () => {
    const connection = opening()
    connection.onMessage({ ...HELLO, presence_ms: BEAT_MS }, 0)
    connection.effects()
    connection.onVisibility(false, 10)
    connection.onVisibility(false, 20)
    expect(connection.effects()).toEqual([sends(false)])
    expect(connection.deadline).toBe(2 * BEAT_MS)
    connection.onVisibility(true, 30)
    expect(connection.effects()).toEqual([sends(true)])
    expect(connection.deadline).toBe(30 + BEAT_MS)
  })

  test('a page that is hidden when its link opens says so at once', () => {
    const connection = opening(false)
    connection.onMessage({ ...HELLO, presence_ms: BEAT_MS }, 0)
    expect(connection.effects()[0]).toEqual(sends(false))
  })

  test('a gateway that does not know the message gets none', () => {
    const connection = opening()
    connection.onMessage(HELLO, 0)
    connection.onVisibility(false, 1)
    connection.onVisibility(true, 2)
    connection.onDeadline(BEAT_MS)
    expect(connection.effects()).toEqual([{ do: 'send', message: { type: 'watch', view: 'events/a' } }])
  })

  test('a link to an older gateway after one to a newer has no report that is due', () => {
    const connection = opening()
    connection.onMessage({ ...HELLO, presence_ms: BEAT_MS }, 0)
    connection.restart(1)
    connection.onMessage(HELLO, 2)
    expect(connection.deadline).toBe(2 + 2 * BEAT_MS)
  })

  test('a dead connection reports nothing', () => {
    const connection = opening()
    connection.onMessage({ ...HELLO, presence_ms: BEAT_MS }, 0)
    connection.effects()
    connection.onDeadline(3 * BEAT_MS)
    expect(connection.effects()).toEqual([{ do: 'close' }])
    connection.onVisibility(false, 3 * BEAT_MS)
    expect(connection.effects()).toEqual([])
  })
})
