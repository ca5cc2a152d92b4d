/**
 * The secrets of links to the page of signing in. They are in the fragment, which browsers send to no server, and leave the
 * address bar before the page is loaded: neither the history nor a shared screen shows them.
 */
import { shallowRef } from 'vue'
import type { Router } from 'vue-router'
import { addressOf } from '@/base'

/** The secret that the last opened link brought. Opening the link does nothing with it: a button does. */
export interface ArrivingSecret {
  way: 'recovery' | 'code'
  secret: string
}

/** Null if no link brought one, or it was used. */
export const arrivingSecret = shallowRef<ArrivingSecret | null>(null)

/** The secret in a fragment, such as `#recovery=abc`. */
export function secretIn(hash: string): ArrivingSecret | null {
  const fields = new URLSearchParams(hash.replace('#', ''))
  for (const way of ['recovery', 'code'] as const) {
    const secret = fields.get(way)
    if (secret) return { way, secret }
  }
  return null
}

/** The address of a link with a secret, for another device. */
export function secretLink({ way, secret }: ArrivingSecret): string {
  return `${location.origin}${addressOf('/sign-in')}#${way}=${secret}`
}

/** Takes the secret of each link to the page out of its address. */
export function takeArrivingSecrets(router: Router): void {
  router.beforeEach((to) => {
    if (to.name !== 'sign-in' || to.hash === '') return true
    arrivingSecret.value = secretIn(to.hash)
    if (location.hash !== '') history.replaceState(history.state, '', location.pathname + location.search)
    return { path: to.path, query: to.query, replace: true }
  })
}
