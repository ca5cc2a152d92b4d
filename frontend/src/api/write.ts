import { isAxiosError, type AxiosResponse } from 'axios'
import type { Problem } from './generated'
import { idempotencyKey } from './idempotency'
import { rejectionOf } from './rejection'

/** The response to a write. */
export interface WriteResult<T> {
  data: T
  /** The position of the change (`Turnout-Position`): views at this position contain it. */
  position: string | null
}

const UNKNOWN_OUTCOME =
  "No answer from the server, so we don't know yet if that worked. Try again: it never counts twice."
/** The wait before a second try without `Retry-After`. */
const RETRY_DEFAULT_MS = 400
/** The longest wait before a second try. */
const RETRY_MAX_MS = 3_000

/**
 * The wait before a second try, or null for no second try. Without a response, or after a 503, the outcome is unknown, and
 * the same key makes a second try harmless. After `full` it is known: nothing was changed.
 */
function retryDelayMs(error: unknown): number | null {
  if (!isAxiosError<Partial<Problem>>(error)) return null
  if (!error.response) return RETRY_DEFAULT_MS
  if (error.response.status !== 503 || error.response.data.code === 'full') return null
  const seconds = Number(error.response.headers['retry-after'] ?? Number.NaN)
  return Number.isFinite(seconds) ? Math.min(seconds * 1_000, RETRY_MAX_MS) : RETRY_DEFAULT_MS
}

/**
 * Sends a write with an Idempotency-Key, twice at most. A caller whose write may be repeated by the person passes the same
 * `key` again, if a repetition would have a second effect.
 *
 * @throws Rejection if the server refused the write, or the outcome is unknown.
 */
export async function write<T>(
  call: (headers: { 'Idempotency-Key': string }) => Promise<AxiosResponse<T>>,
  key = idempotencyKey(),
): Promise<WriteResult<T>> {
  const headers = { 'Idempotency-Key': key }
  try {
    return writeResult(await call(headers))
  } catch (error) {
    const delayMs = retryDelayMs(error)
    if (delayMs === null) throw rejectionOf(error, UNKNOWN_OUTCOME)
    await new Promise((resolve) => setTimeout(resolve, delayMs))
  }
  try {
    return writeResult(await call(headers))
  } catch (error) {
    throw rejectionOf(error, UNKNOWN_OUTCOME)
  }
}

/** Returns the same Idempotency-Key for the same body, so that a second press without a response is no second write. */
export function keyPerBody(): (body: unknown) => string {
  let last = { body: '', key: '' }
  return (body) => {
    const text = JSON.stringify(body)
    if (text !== last.body) last = { body: text, key: idempotencyKey() }
    return last.key
  }
}

function writeResult<T>(response: AxiosResponse<T>): WriteResult<T> {
  const position: unknown = response.headers['turnout-position']
  return { data: response.data, position: typeof position === 'string' ? position : null }
}
