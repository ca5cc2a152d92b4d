import { WebAuthnError } from '@simplewebauthn/browser'
import { Rejection } from '@/api/rejection'

/**
 * Asks the browser for a passkey.
 * @throws Rejection if the browser or the person refuses; it does not say which.
 */
export async function withPasskey<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof WebAuthnError && error.code === 'ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED') {
      throw new Rejection('passkey-refused', 'This device already has a passkey for you.')
    }
    if (error instanceof Error) throw new Rejection('passkey-refused', 'No passkey was used. Try again.')
    throw error
  }
}
