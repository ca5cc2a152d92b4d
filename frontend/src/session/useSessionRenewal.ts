import { watch } from 'vue'
import { api } from '@/api/api'
import { useLive } from '@/live/browser'

/** Asks for the session once for each time that the page is loaded, because the answer renews an old cookie. */
export function useSessionRenewal(): void {
  const live = useLive()
  const stop = watch(live.user, async (user) => {
    if (typeof user !== 'string') return
    stop()
    await api.getSession().catch(() => undefined) // the next visit tries again
  })
}
