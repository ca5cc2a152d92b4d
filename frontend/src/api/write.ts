import type { AxiosResponse } from 'axios'
import { isAxiosError } from './axiosError'
import { rejectionOf } from './rejection'
import { isTooMany, retryAfterMs } from './retryAfter'
import { isOutcomeUnknown } from './writeKeys'

/** The response to a write. */
export interface WriteResult<T> {
  data: T
  /** The position of the change (`Turnout-Position`): views at this position contain it. */
  position: string | null
  /** True if an earlier call with the same Idempotency-Key had the effect. */
  isReplayed: boolean
}

const UNKNOWN_OUTCOME =
  "No answer from the server, so we don't know yet if that worked. Try again: it never counts twice."
/** The wait before a second try without `Retry-After`. */
const RETRY_DEFAULT_MS = 400
/** The longest wait before a second try. */
const RETRY_MAX_MS = 3_000

/**
 * The wait before a second try, or null for no second try. Without a response, or after a 503, the outcome is unknown, and
 * the key of the write makes a second try harmless. After a 429 it helps only at the time that the server says.
 */
function retryDelayMs(error: unknown): number | null {
  const waitMs = retryAfterMs(error)
  if (isTooMany(error)) return waitMs !== null && waitMs <= RETRY_MAX_MS ? waitMs : null
  if (!isAxiosError(error) || !isOutcomeUnknown(error)) return null
  if (!error.response) return RETRY_DEFAULT_MS
  if (error.response.status !== 503) return null
  return waitMs === null ? RETRY_DEFAULT_MS : Math.min(waitMs, RETRY_MAX_MS)
}

/**
 * Sends a write, twice at most. `sendWriteKeys` gives both attempts the same Idempotency-Key, and also a later call with
 * the same content.
 *
 * @throws Rejection if the server refused the write, or the outcome is unknown.
 */
export async function write<T>(call: () => Promise<AxiosResponse<T>>): Promise<WriteResult<T>> {
  let hasOutcome: boolean
  try {
    return writeResult(await call())
  } catch (error) {
    hasOutcome = isTooMany(error)
    const delayMs = retryDelayMs(error)
    if (delayMs === null) throw rejectionOf(error, UNKNOWN_OUTCOME)
    await new Promise((resolve) => setTimeout(resolve, delayMs))
  }
  try {
    const result = writeResult(await call())
    // The effect that the answer repeats may be that of the first attempt.
    return hasOutcome ? result : { ...result, isReplayed: false }
  } catch (error) {
    throw rejectionOf(error, UNKNOWN_OUTCOME)
  }
}

function writeResult<T>(response: AxiosResponse<T>): WriteResult<T> {
  const isReplayed = response.headers['idempotent-replayed'] === 'true'
  return { data: response.data, position: positionOf(response), isReplayed }
}

/** The position of an answer, from its header `Turnout-Position`; null without one. */
export function positionOf({ headers }: AxiosResponse): string | null {
  const position: unknown = headers['turnout-position']
  return typeof position === 'string' ? position : null
}
