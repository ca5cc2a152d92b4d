import { watch } from 'vue'
import type { Standing } from './standing'

/** The live view tells the place in line some milliseconds after the answer to the join; longer nobody waits for it. */
const PLACE_WAIT_MS = 1_500

/** Resolves once a place in line is known, or after a moment without. */
export function placed(standing: () => Standing): Promise<void> {
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
