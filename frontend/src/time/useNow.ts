import { createSharedComposable, useIntervalFn } from '@vueuse/core'
import { shallowRef, watch, type ShallowRef } from 'vue'
import { useLive } from '@/live/browser'
import type { ServerClock } from './serverClock'

const STEP_MS = 15_000

/** The server's clock, for the moment at which something happens. */
export function useServerClock(): ServerClock {
  return useLive().clock
}

/** The server's time in ms since 1970, in steps of 15 seconds; one for the whole page. */
export const useNow = createSharedComposable((): ShallowRef<number> => {
  const clock = useServerClock()
  const now = shallowRef(clock.now())
  const update = (): void => void (now.value = clock.now())
  useIntervalFn(update, STEP_MS)
  watch(() => clock.now(), update, { flush: 'sync' })
  return now
})
