import { secretIn } from './arrivingSecret'
import type { Proof } from './useSignIn'

/** The proof in a typed or pasted text: a code, or a link or its secret alone. A link counts in either field. */
export function typedProof(way: 'code' | 'recovery', text: string): Proof {
  const { 1: hash = '' } = text.trim().split('#')
  const found = secretIn(hash) ?? { way, secret: text.trim() }
  return found.way === 'code' ? { way: 'code', code: found.secret } : { way: 'recovery', secret: found.secret }
}
