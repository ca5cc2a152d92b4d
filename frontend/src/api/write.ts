import { isAxiosError, type AxiosResponse } from 'axios'
import { idempotencyKey } from './idempotency'
import { rejectionOf } from './rejection'

/** What a write answered. */
export interface Written<T> {
  data: T
  /** Where the change is in the history (`Turnout-Position`): views that are there hold it. */
  position: string | null
}

/** Without `Retry-After`, the second try comes after this time. */
const RETRY_DEFAULT_MS = 400
/** Nobody waits longer than this with a finger on a button; beyond it the person decides. */
const RETRY_MAX_MS = 3_000

/** The outcome is unknown where no answer came, or a 503: the same key makes a second try harmless. */
function worthRetrying(error: unknown): number | null {
  if (!isAxiosError(error)) return null
  if (!error.response) return RETRY_DEFAULT_MS
  if (error.response.status !== 503) return null
  const seconds = Number(error.response.headers['retry-after'] ?? Number.NaN)
  return Number.isFinite(seconds) ? Math.min(seconds * 1_000, RETRY_MAX_MS) : RETRY_DEFAULT_MS
}

/**
 * Sends a write with an Idempotency-Key of its own, twice at most.
 *
 * @throws Rejection what the server refused, or that nothing is known.
 */
export async function write<T>(
  call: (headers: { 'Idempotency-Key': string }) => Promise<AxiosResponse<T>>,
): Promise<Written<T>> {
  const headers = { 'Idempotency-Key': idempotencyKey() }
  try {
    return written(await call(headers))
  } catch (error) {
    const wait = worthRetrying(error)
    if (wait === null) throw rejectionOf(error)
    await new Promise((resolve) => setTimeout(resolve, wait))
  }
  try {
    return written(await call(headers))
  } catch (error) {
    throw rejectionOf(error)
  }
}

function written<T>(response: AxiosResponse<T>): Written<T> {
  const position: unknown = response.headers['turnout-position']
  return { data: response.data, position: typeof position === 'string' ? position : null }
}
