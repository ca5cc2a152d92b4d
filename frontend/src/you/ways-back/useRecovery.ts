import { shallowRef, type ShallowRef } from 'vue'
import { api } from '@/api/api'
import { write } from '@/api/write'
import { useAttempt, type Attempt } from '@/shell/useAttempt'
import { secretLink } from '@/sign-in/arrivingSecret'

/** Making the recovery link. */
export interface Recovery extends Omit<Attempt, 'attempt'> {
  /** The new link, for as long as it is shown; the server cannot tell it again. Null before. */
  link: ShallowRef<string | null>
  /** Makes a link, which replaces the one before. */
  make: () => void
  remove: () => void
}

export function useRecovery(): Recovery {
  const { problem, isBusy, attempt } = useAttempt()
  const link = shallowRef<string | null>(null)

  async function make(): Promise<void> {
    const { data } = await write(() => api.createRecovery())
    link.value = secretLink({ way: 'recovery', secret: data.secret })
  }

  async function remove(): Promise<void> {
    await write(() => api.deleteRecovery())
    link.value = null
  }

  return { problem, isBusy, link, make: () => void attempt(make), remove: () => void attempt(remove) }
}
