import { shallowRef, type ShallowRef } from 'vue'
import { browserSupportsWebAuthn } from '@simplewebauthn/browser'
import { api } from '@/api/api'
import { rejectionOf } from '@/api/rejection'

/** The ways to sign in that the server and this browser offer. */
export interface ServerWays {
  ways: ShallowRef<readonly string[]>
  /** The name of the OpenID Connect provider; null for none. */
  provider: ShallowRef<string | null>
  /** Why they are not known. */
  problem: ShallowRef<string>
}

/** Asks the server for its ways. */
export function useServerWays(): ServerWays {
  const ways = shallowRef<readonly string[]>([])
  const provider = shallowRef<string | null>(null)
  const problem = shallowRef('')

  async function load(): Promise<void> {
    try {
      const { data } = await api.signInWays()
      ways.value = data.ways.filter((way) => way !== 'passkey' || browserSupportsWebAuthn())
      provider.value = data.provider ?? null
    } catch (error) {
      problem.value = rejectionOf(error).detail
    }
  }

  void load()
  return { ways, provider, problem }
}
