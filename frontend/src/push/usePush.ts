import { computed, shallowRef, watch, type ComputedRef, type Ref } from 'vue'
import { api } from '@/api/api'
import { write } from '@/api/write'
import { useSession } from '@/session/session'
import { useAttempt, type Attempt } from '@/shell/useAttempt'
import type { Account } from '@/you/account'
import { currentSubscription, isPushSupported, pushPermission, subscribe, unsubscribe } from './browserPush'
import { setPushWish } from './pushWish'
import { subscriptionId } from './subscriptionId'

/** The state of push: notices show while the page is closed, or not; `denied` if the person forbids it in the browser. */
export type PushState = 'unsupported' | 'denied' | 'off' | 'on'

export interface Push {
  state: ComputedRef<PushState>
  problem: Attempt['problem']
  isBusy: Attempt['isBusy']
  turnOn: () => Promise<boolean>
  turnOff: () => Promise<boolean>
}

const NO_SERVICE = "Your browser couldn't reach its push service. Try again later."

/** Push in this browser, for the person of the record. Nothing is asked before `turnOn`. */
export function usePush(account: Ref<Account>): Push {
  const session = useSession()
  const { problem, isBusy, attempt } = useAttempt()
  const isSupported = isPushSupported()
  const permission = shallowRef(isSupported ? pushPermission() : 'denied')
  /** The id of this browser's subscription; null for none. */
  const id = shallowRef<string | null>(null)

  const state = computed<PushState>(() => {
    if (!isSupported) return 'unsupported'
    if (permission.value === 'denied') return 'denied'
    return account.value.pushes.some((push) => push.id === id.value) ? 'on' : 'off'
  })

  async function look(): Promise<void> {
    permission.value = pushPermission()
    const current = await currentSubscription()
    id.value = current && (await subscriptionId(current.endpoint))
  }

  const turnOn = (): Promise<boolean> =>
    attempt(async () => {
      const { key } = (await api.getPushKey()).data
      const made = await subscribe(key).catch(() => undefined)
      if (made === undefined) problem.value = NO_SERVICE
      else if (made) {
        await write(() => api.addPush({ body: made }))
        setPushWish(session.person?.id ?? null)
      }
      await look()
    })

  const turnOff = (): Promise<boolean> =>
    attempt(async () => {
      setPushWish(null)
      await unsubscribe()
      const former = id.value
      if (former !== null && state.value === 'on') await write(() => api.removePush({ path: { push: former } }))
      await look()
    })

  if (isSupported) watch(() => account.value.pushes, look, { immediate: true })
  return { state, problem, isBusy, turnOn, turnOff }
}
