import { isAxiosError } from './axiosError'

/** Status of a refusal because of too many requests (RFC 6585, section 4). */
export const TOO_MANY = 429

/** The time after which the server, or a proxy, wants to be asked again, in ms; null if it does not say. */
export function retryAfterMs(error: unknown): number | null {
  if (!isAxiosError(error) || !error.response) return null
  const text: unknown = error.response.headers['retry-after']
  if (typeof text !== 'string') return null
  const ms = /^\d+$/.test(text.trim()) ? Number(text) * 1_000 : Date.parse(text) - Date.now()
  return Number.isFinite(ms) ? Math.max(0, ms) : null
}

/** True if this request was refused because of too many. An attempt before, with the same key, may have had its effect. */
export function isTooMany(error: unknown): boolean {
  return isAxiosError(error) && error.response?.status === TOO_MANY
}
