import { watch } from 'vue'
import type { Snapshot } from './generated'
import type { LiveViews } from './views'

/** So long a page waits for its live link before it asks over HTTP: most links are there far sooner. */
export const PATIENCE_MS = 3_000
/** While there is no link, what is shown is asked for this often. */
export const POLL_MS = 15_000

/**
 * Where no live link comes about (a proxy that knows no WebSockets, a gateway that is away), GET answers the same data:
 * the views that are shown are asked for, now and then, until the link is there.
 *
 * @param get answers a view's address; throws if there is none.
 */
export function pollWithoutLink(live: LiveViews, get: (address: string) => Promise<Snapshot>): void {
  let timer: ReturnType<typeof setTimeout> | undefined

  async function ask(address: string): Promise<void> {
    try {
      live.offer(address, await get(address))
    } catch {
      // No answer either: the badge says that there is no connection, and the next round asks again.
    }
  }

  async function round(): Promise<void> {
    await Promise.all(live.watched().map(ask))
    if (live.state.value !== 'live') timer = setTimeout(() => void round(), POLL_MS)
  }

  watch(
    live.state,
    (state, before) => {
      if (state === 'live') clearTimeout(timer)
      else if (before === undefined || before === 'live') timer = setTimeout(() => void round(), PATIENCE_MS)
    },
    { immediate: true, flush: 'sync' },
  )
}
