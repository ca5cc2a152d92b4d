import { isAxiosError, type AxiosResponse } from 'axios'
import { idempotencyKey } from './idempotency'
import { rejectionOf } from './rejection'

/** The answer to a write. */
export interface Written<T> {
  data: T
  /** Where the change is in the history (`Turnout-Position`): views that are there hold it. */
  position: string | null
}

const UNKNOWN_OUTCOME =
  "No answer from the server, so we don't know yet if that worked. Try again: it never counts twice."
/** Without `Retry-After`, the second try comes after this time. */
const RETRY_DEFAULT_MS = 400
/** The second try waits no longer than this; beyond it the person decides. */
const RETRY_MAX_MS = 3_000

/** The outcome is unknown if no answer came or a 503: the same key makes a second try harmless. */
function worthRetrying(error: unknown): number | null {
  if (!isAxiosError(error)) return null
  if (!error.response) return RETRY_DEFAULT_MS
  if (error.response.status !== 503) return null
  const seconds = Number(error.response.headers['retry-after'] ?? Number.NaN)
  return Number.isFinite(seconds) ? Math.min(seconds * 1_000, RETRY_MAX_MS) : RETRY_DEFAULT_MS
}

/**
 * Sends a write with an Idempotency-Key, twice at most. A caller that lets the person repeat the same write passes the
 * same `key` again where a repetition would have a second effect.
 *
 * @throws Rejection the server refused it, or the outcome is unknown.
 */
export async function write<T>(
  call: (headers: { 'Idempotency-Key': string }) => Promise<AxiosResponse<T>>,
  key = idempotencyKey(),
): Promise<Written<T>> {
  const headers = { 'Idempotency-Key': key }
  try {
    return written(await call(headers))
  } catch (error) {
    const wait = worthRetrying(error)
    if (wait === null) throw rejectionOf(error, UNKNOWN_OUTCOME)
    await new Promise((resolve) => setTimeout(resolve, wait))
  }
  try {
    return written(await call(headers))
  } catch (error) {
    throw rejectionOf(error, UNKNOWN_OUTCOME)
  }
}

/** Gives the same Idempotency-Key for the same body, so that pressing a button again after no answer is no second write. */
export function keyFor(): (body: unknown) => string {
  let last = { body: '', key: '' }
  return (body) => {
    const text = JSON.stringify(body)
    if (text !== last.body) last = { body: text, key: idempotencyKey() }
    return last.key
  }
}

function written<T>(response: AxiosResponse<T>): Written<T> {
  const position: unknown = response.headers['turnout-position']
  return { data: response.data, position: typeof position === 'string' ? position : null }
}
