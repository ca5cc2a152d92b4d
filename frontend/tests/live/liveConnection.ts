import { Connection } from '@/live/connection'

/** The interval at which the server of these tests sends something. */
export const BEAT_MS = 1_000
export const HELLO = { type: 'hello', position: 'e-1', user: null, beat_ms: BEAT_MS, now: 0 } as const

/** A connection that is live since 0. */
export function liveConnection(positions: Record<string, string> = {}, random = 0.5): Connection {
  const connection = new Connection(
    () => random,
    (view) => positions[view] ?? null,
  )
  connection.start(0)
  connection.onMessage(HELLO, 0)
  connection.effects()
  return connection
}
