import { startRegistration } from '@simplewebauthn/browser'
import { api } from '@/api/api'
import { write } from '@/api/write'
import { useNotices } from '@/shell/notices'
import { useAttempt, type Attempt } from '@/shell/useAttempt'
import { withPasskey } from '@/sign-in/passkeys'

/** Adding and removing the person's passkeys. Both are true if that succeeded. */
export interface PasskeyChanges extends Omit<Attempt, 'attempt'> {
  add: () => Promise<boolean>
  remove: (id: string) => Promise<boolean>
}

export function usePasskeys(): PasskeyChanges {
  const notices = useNotices()
  const { problem, isBusy, attempt } = useAttempt()

  async function add(): Promise<void> {
    const { data } = await write(() => api.passkeyOptions())
    const optionsJSON = data as unknown as Parameters<typeof startRegistration>[0]['optionsJSON']
    const credential = await withPasskey(() => startRegistration({ optionsJSON }))
    await write(() => api.addPasskey({ body: { credential: { ...credential } } }))
    notices.show('Your passkey is added.')
  }

  async function remove(passkey: string): Promise<void> {
    await write(() => api.removePasskey({ path: { passkey } }))
    notices.show('The passkey is removed. Your device may still offer it.')
  }

  return { problem, isBusy, add: () => attempt(add), remove: (id) => attempt(() => remove(id)) }
}
