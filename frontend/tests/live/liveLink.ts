import { Link } from '@/live/link'

/** The interval at which the server of these tests sends something. */
export const BEAT_MS = 1_000
export const HELLO = { type: 'hello', position: 'e-1', user: null, beat_ms: BEAT_MS } as const

/** A link that is live since 0. */
export function liveLink(positions: Record<string, string> = {}, random = 0.5): Link {
  const link = new Link(
    () => random,
    (view) => positions[view] ?? null,
  )
  link.start(0)
  link.received(HELLO, 0)
  link.effects()
  return link
}
