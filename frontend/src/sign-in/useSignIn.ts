import type { InjectionKey } from 'vue'
import { useRouter } from 'vue-router'
import { api } from '@/api/api'
import { write } from '@/api/write'
import { useSession } from '@/session/session'
import { useNotices } from '@/shell/notices'
import { isolate } from '@/text/isolation'
import { arrivingSecret } from './arrivingSecret'

/** A proof of a person's identity, by one of their ways back. */
export type Proof =
  | { way: 'recovery'; secret: string }
  | { way: 'code'; code: string }
  | { way: 'mail'; address: string; code: string }
  | { way: 'passkey'; credential: Record<string, unknown> }

/** Signs this device in with a proof. @throws Rejection */
export type SignIn = (proof: Proof) => Promise<void>

/** The page's `SignIn`, for the ways on it. */
export const SIGN_IN: InjectionKey<SignIn> = Symbol('sign in')

/** Signs in, and opens the person's events. `bring` is true if the guest of this device comes along. */
export function useSignIn(bring: () => boolean): SignIn {
  const session = useSession()
  const notices = useNotices()
  const router = useRouter()

  return async (proof) => {
    await write(() => api.signIn({ body: { ...proof, ...(bring() ? { bring: true } : {}) } }))
    arrivingSecret.value = null
    const person = await session.adopt()
    session.checkCookies()
    notices.show(`Welcome back, ${isolate(person?.name ?? '')}.`)
    await router.push({ name: 'events', query: { when: 'mine' } })
  }
}
