import { inject } from 'vue'
import { useAttempt, type Attempt } from '@/shell/useAttempt'
import { SIGN_IN, type Proof } from './useSignIn'

/** One way of the page: signs in with what `prove` returns, and keeps the reason of a refusal. */
export function useProof(prove: () => Proof | Promise<Proof>): Omit<Attempt, 'attempt'> & { send: () => void } {
  const { problem, isBusy, attempt } = useAttempt()
  const signIn = inject(SIGN_IN)
  const send = (): void => void attempt(async () => signIn?.(await prove()))
  return { problem, isBusy, send }
}
