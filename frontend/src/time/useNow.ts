import { createSharedComposable, useTimestamp } from '@vueuse/core'

const STEP_MS = 15_000

/** The current time in ms since 1970, in steps of 15 seconds; one clock for the whole page. */
export const useNow = createSharedComposable(() => useTimestamp({ interval: STEP_MS }))
