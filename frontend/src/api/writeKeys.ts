import type { AxiosInstance, InternalAxiosRequestConfig } from 'axios'
import { defineStore } from 'pinia'
import { isAxiosError } from './axiosError'
import type { Problem } from './generated'
import { idempotencyKey } from './idempotency'
import { isTooMany } from './retryAfter'

/**
 * The Idempotency-Keys of writes without an answer. A key belongs to the write, not to the attempt: the same write to the
 * same resource gets the same key until it is answered, or until another write to the resource takes its place. So pressing
 * a button again after a lost answer has no second effect.
 */
export const useWriteKeys = defineStore('write-keys', () => {
  const unanswered = new Map<string, { content: string; key: string }>()

  /** The key of a write: of the last one to the resource if that has the same content, otherwise a new one. */
  function keyOf(resource: string, content: string): string {
    const last = unanswered.get(resource)
    if (last?.content === content) return last.key
    const key = idempotencyKey()
    unanswered.set(resource, { content, key })
    return key
  }

  /** Forgets the key of a resource, because the outcome of the last write to it is known. */
  function release(resource: string): void {
    unanswered.delete(resource)
  }

  /** Forgets a key that was answered, unless another write took its place. */
  function onAnswer(resource: string, key: unknown): void {
    if (unanswered.get(resource)?.key === key) release(resource)
  }

  return { keyOf, release, onAnswer }
})

/** The path of the attendance of an event, for the person and for `release`. */
export function attendanceOf(event: string): string {
  return `/api/events/${event}/attendees`
}

const HEADER = 'Idempotency-Key'
const READS = ['get', 'head', 'options']

/** Gives each write of an HTTP client its key, unless the call has one. */
export function sendWriteKeys({ interceptors }: AxiosInstance, keys: ReturnType<typeof useWriteKeys>): void {
  interceptors.request.use((config) => {
    if (isWrite(config) && !config.headers.has(HEADER))
      config.headers.set(HEADER, keys.keyOf(resourceOf(config), contentOf(config)))
    return config
  })
  interceptors.response.use(
    (response) => {
      keys.onAnswer(resourceOf(response.config), response.config.headers.get(HEADER))
      return response
    },
    (error: unknown) => {
      if (isAxiosError(error) && error.config && !isOutcomeUnknown(error) && !isTooMany(error)) {
        keys.onAnswer(resourceOf(error.config), error.config.headers.get(HEADER))
      }
      throw error
    },
  )
}

/**
 * True if a failed write may have had its effect: without a response, or after a failure of the server. After `full` it is
 * known that nothing was changed.
 */
export function isOutcomeUnknown(error: unknown): boolean {
  if (!isAxiosError<Partial<Problem>>(error)) return false
  return !error.response || (error.response.status >= 500 && error.response.data.code !== 'full')
}

/** True for a request that may change something. */
export function isWrite({ method = 'get' }: InternalAxiosRequestConfig): boolean {
  return !READS.includes(method.toLowerCase())
}

/** The path that a write changes: the own attendance has one for joining, and one for the rest. */
function resourceOf({ url = '' }: InternalAxiosRequestConfig): string {
  return url.replace(/\/me$/, '')
}

function contentOf({ method, url, data, headers }: InternalAxiosRequestConfig): string {
  return JSON.stringify([method, url, headers.get('If-Match'), data])
}
