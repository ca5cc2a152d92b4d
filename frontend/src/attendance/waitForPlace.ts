import { until } from '@vueuse/core'
import type { Standing } from './standing'

/** The live view delivers the place on the waitlist some milliseconds after the join; give up after this time. */
const PLACE_WAIT_MS = 1_500

/** Resolves once the place on the waitlist is known, or after `PLACE_WAIT_MS`. */
export async function waitForPlace(standing: () => Standing): Promise<void> {
  await until(() => standing().ahead).not.toBeNull({ timeout: PLACE_WAIT_MS })
}
