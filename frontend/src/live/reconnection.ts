/** Decides whether and when to reconnect after a lost connection. Pure: randomness is an argument. */

/** A number from 0 (included) to 1 (not included). */
export type Random = () => number

/** The first retry comes within this time. Half a second spreads the clients of a gateway that crashed. */
export const BACKOFF_FIRST_MS = 500
/** The longest wait before a retry: a person who watches the badge should not wait longer. */
export const BACKOFF_MAX_MS = 15_000
/** After the close code "crowded", the back-off starts from this attempt, so that the gateway gets time. */
export const CROWDED_ATTEMPT = 4

/** Close codes (docs/protocol.md): without a close frame, a gateway without room, and an origin that may not connect. */
export const Code = { LOST: 1006, CROWDED: 4003, FORBIDDEN: 4503 } as const

/** Full jitter: a random wait below an exponentially growing limit, so that many clients do not reconnect at once. */
export function backoffMs(attempt: number, random: Random): number {
  return random() * Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** attempt)
}

/** A random wait within the window that `bye` names. */
export function withinMs([from, to]: readonly [number, number], random: Random): number {
  return from + random() * Math.max(0, to - from)
}

/** True if a close code allows to reconnect. Codes 4500 to 4999 do not: something must change first. */
export function mayReconnect(code: number): boolean {
  return code < 4500 || code > 4999
}

/** The number of the attempt from which the back-off continues after a close code. */
export function attemptAfter(code: number, attempt: number): number {
  return code === Code.CROWDED ? Math.max(attempt, CROWDED_ATTEMPT) : attempt
}
