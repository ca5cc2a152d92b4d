import { computed, type ComputedRef } from 'vue'
import { ACCOUNT } from '@/live/liveViews'
import { useView } from '@/live/useView'
import { useSession } from '@/session/session'
import { accountOf, type Account } from './account'

/** The signed-in person's own record, live; null while it is not known, and for a visitor. */
export function useAccount(): ComputedRef<Account | null> {
  const session = useSession()
  const view = useView(() => (session.person ? ACCOUNT : null))
  return computed(() => accountOf(view.items.value))
}
