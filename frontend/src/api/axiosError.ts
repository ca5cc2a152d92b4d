import type { AxiosError } from 'axios'

/** True for an error of Axios. Its own function of this name would bring all of Axios into the first load. */
export function isAxiosError<T = unknown>(error: unknown): error is AxiosError<T> {
  return typeof error === 'object' && error !== null && 'isAxiosError' in error && error.isAxiosError === true
}
