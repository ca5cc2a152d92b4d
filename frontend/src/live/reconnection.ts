/** When to come back after a link was lost, and when not to. Pure; randomness comes in as an argument. */

/** A number from 0 (included) to 1 (not included). */
export type Random = () => number

/** The first retry comes within this time. Half a second spreads the clients of a gateway that fell over. */
export const BACKOFF_FIRST_MS = 500
/** No retry waits longer: a person who watches the badge should not wait for more. */
export const BACKOFF_MAX_MS = 15_000
/** A gateway that says "crowded" is given time: the first retry counts as this one. */
export const CROWDED_ATTEMPT = 4

const CROWDED = 4003

/** Full jitter: anywhere from now to an exponentially growing limit, so that a crowd does not come back at once. */
export function backoffMs(attempt: number, random: Random): number {
  return random() * Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** attempt)
}

/** A random moment of the window that `bye` names. */
export function withinMs([from, to]: readonly [number, number], random: Random): number {
  return from + random() * Math.max(0, to - from)
}

/** True if a close code allows to reconnect: all but 4500 to 4999, where something must change first. */
export function comesBack(code: number): boolean {
  return code < 4500 || code > 4999
}

/** The attempt to count from after a close of this code. */
export function attemptAfter(code: number, attempt: number): number {
  return code === CROWDED ? Math.max(attempt, CROWDED_ATTEMPT) : attempt
}
