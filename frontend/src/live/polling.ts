import { watch } from 'vue'
import { isAxiosError } from '@/api/axiosError'
import { isTooMany, retryAfterMs } from '@/api/retryAfter'
import type { Snapshot } from './generated'
import type { LiveViews } from './liveViews'

/** The time without a live connection after which a page starts to poll, in ms: most connections open far sooner. */
export const POLL_AFTER_MS = 3_000
/** The interval at which a page without a live connection polls, in ms. */
export const POLL_MS = 15_000
/** The longest interval, if the server says that there were too many requests. */
export const POLL_MAX_MS = 60_000

/**
 * Polls the watched views with GET while there is no live connection, because a proxy blocks WebSockets or the gateway
 * is away.
 *
 * @param get fetches the view of an address; throws if that fails.
 */
export function pollWhileDisconnected(live: LiveViews, get: (address: string) => Promise<Snapshot>): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  /** The wait before the next round. */
  let waitMs = POLL_MS

  /** True if there was an answer. Without one, the badge shows that, and the next round tries again. */
  async function poll(address: string): Promise<boolean> {
    try {
      live.applyFetched(address, await get(address))
      return true
    } catch (error) {
      if (isTooMany(error)) waitMs = Math.min(retryAfterMs(error) ?? POLL_MS, POLL_MAX_MS)
      return isAxiosError(error) && error.response !== undefined && error.response.status < 500
    }
  }

  async function pollAll(): Promise<void> {
    waitMs = POLL_MS
    const answered = await Promise.all(live.watchedAddresses().map(poll))
    live.onPolled(answered.includes(true))
    if (live.state.value !== 'live') timer = setTimeout(() => void pollAll(), waitMs)
  }

  watch(
    live.state,
    (state, before) => {
      if (state === 'live') clearTimeout(timer)
      else if (before === undefined || before === 'live') timer = setTimeout(() => void pollAll(), POLL_AFTER_MS)
    },
    { immediate: true, flush: 'sync' },
  )
}
