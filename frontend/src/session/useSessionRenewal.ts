import { watch } from 'vue'
import { getSession } from '@/api/generated'
import { useLive } from '@/live/browser'

/** Asks for the session once for each time that the page is loaded, because the answer renews an old cookie. */
export function useSessionRenewal(): void {
  const live = useLive()
  const stop = watch(live.user, async (user) => {
    if (typeof user !== 'string') return
    stop()
    await getSession().catch(() => undefined) // the next visit tries again
  })
}
