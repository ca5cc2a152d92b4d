import { watch } from 'vue'
import type { Standing } from './standing'

/** The live view tells the place on the waitlist some milliseconds after the join was answered; give up after this. */
const PLACE_WAIT_MS = 1_500

/** Resolves once the place on the waitlist is known, or after `PLACE_WAIT_MS`. */
export function waitForPlace(standing: () => Standing): Promise<void> {
  return new Promise((resolve) => {
    const stop = watch(
      () => standing().ahead !== null,
      (known) => known && done(),
      { flush: 'sync' },
    )
    const timer = setTimeout(done, PLACE_WAIT_MS)
    function done(): void {
      stop()
      clearTimeout(timer)
      resolve()
    }
    if (standing().ahead !== null) done()
  })
}
