import { defineComponent, watch } from 'vue'
import { api } from '@/api/api'
import { rejectionOf } from '@/api/rejection'
import { write } from '@/api/write'
import { useSession } from '@/session/session'
import type { Account } from '@/you/account'
import { useAccount } from '@/you/useAccount'
import { currentSubscription, isPushSupported, pushPermission, subscribe } from './browserPush'
import { isPushWanted } from './pushWish'
import { subscriptionId } from './subscriptionId'

/**
 * Subscribes this browser again for a person who has switched push on in it, once a page: a subscription ends with its
 * session, and browsers drop some. It has no element, and asks nothing.
 */
export default defineComponent({
  setup() {
    const session = useSession()
    const account = useAccount()
    const stop = watch(
      account,
      (known) => {
        if (known === null || !session.person || !isPushWanted(session.person.id)) return
        queueMicrotask(() => stop())
        void renew(known)
      },
      { immediate: true },
    )
    return () => null
  },
})

async function renew({ pushes }: Account): Promise<void> {
  if (!isPushSupported() || pushPermission() !== 'granted') return
  try {
    const current = await currentSubscription()
    const id = current && (await subscriptionId(current.endpoint))
    if (pushes.some((push) => push.id === id)) return
    const made = await subscribe((await api.getPushKey()).data.key)
    if (made) await write(() => api.addPush({ body: made }))
  } catch (error) {
    if (!(error instanceof DOMException)) rejectionOf(error) // the next page tries again; other errors are thrown on
  }
}
