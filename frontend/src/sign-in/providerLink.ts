import { addressOf } from '@/base'

/**
 * The address that signs in with the provider, and returns to the page at a path. The browser has to navigate there.
 * `brings` is true if the events and seats of the person who is signed in come along, where the account is another's.
 */
export function providerLink(back: string, brings: boolean): string {
  const query = new URLSearchParams({ back: addressOf(back), ...(brings ? { bring: '1' } : {}) })
  return `${addressOf('/api/oidc/start')}?${query.toString()}`
}
