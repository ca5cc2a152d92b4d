import { addressOf } from '@/base'

/** The address that signs in with the provider, and returns to the page at a path. The browser has to navigate there. */
export function providerLink(back: string): string {
  return `${addressOf('/api/oidc/start')}?${new URLSearchParams({ back: addressOf(back) }).toString()}`
}
