import type { AxiosInstance, InternalAxiosRequestConfig } from 'axios'
import { isAxiosError } from '@/api/axiosError'
import { positionOf } from '@/api/write'
import { isOutcomeUnknown, isWrite } from '@/api/writeKeys'

/** Is told about the writes of this page to an event. */
export interface WriteObserver {
  onWrite: (event: string) => void
  /** `position` is that of the effect (`Turnout-Position`). */
  onAnswer: (event: string, position: string | null) => void
  /** The write had no effect. */
  onRefusal: (event: string) => void
}

/** The event that a request changes; null for none. */
function eventOf(config: InternalAxiosRequestConfig): string | null {
  return isWrite(config) ? (/\/api\/events\/([^/?]+)/.exec(config.url ?? '')?.[1] ?? null) : null
}

/** Tells an observer about each write of an HTTP client. A write whose outcome is unknown has neither answer nor refusal. */
export function observeWrites({ interceptors }: AxiosInstance, observer: WriteObserver): void {
  interceptors.request.use((config) => {
    const event = eventOf(config)
    if (event !== null) observer.onWrite(event)
    return config
  })
  interceptors.response.use(
    (response) => {
      const event = eventOf(response.config)
      if (event !== null) observer.onAnswer(event, positionOf(response))
      return response
    },
    (error: unknown) => {
      const event = isAxiosError(error) && error.config ? eventOf(error.config) : null
      if (event !== null && !isOutcomeUnknown(error)) observer.onRefusal(event)
      throw error
    },
  )
}
