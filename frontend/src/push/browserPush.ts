/** Push in this browser: its service worker and its subscription (Push API, W3C). */

import { addressOf } from '@/base'

/** A subscription, as the server takes it. */
export interface BrowserSubscription {
  endpoint: string
  keys: { p256dh: string; auth: string }
}

/** False in old browsers, over http, and in pages that are not installed on iOS. */
export function isPushSupported(): boolean {
  return 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window
}

/** The person's answer to the browser's question; it is asked by `subscribe`. */
export function pushPermission(): NotificationPermission {
  return Notification.permission
}

/** The subscription that this browser has; null for none. It starts nothing. */
export async function currentSubscription(): Promise<BrowserSubscription | null> {
  const registration = await navigator.serviceWorker.getRegistration(addressOf('/'))
  return read((await registration?.pushManager.getSubscription()) ?? null)
}

/**
 * Subscribes this browser, after asking the person unless they have answered already. Null if they refuse.
 *
 * @param key the server's `applicationServerKey`
 * @throws DOMException if the browser does not reach its push service
 */
export async function subscribe(key: string): Promise<BrowserSubscription | null> {
  if ((await Notification.requestPermission()) !== 'granted') return null
  await navigator.serviceWorker.register(addressOf('/push-worker.js'), { scope: addressOf('/') })
  const { pushManager } = await navigator.serviceWorker.ready
  const options = { userVisibleOnly: true, applicationServerKey: key }
  try {
    return read(await pushManager.subscribe(options))
  } catch (error) {
    const former = await pushManager.getSubscription()
    if (!former) throw error
    await former.unsubscribe() // it is for another key
    return read(await pushManager.subscribe(options))
  }
}

/** Ends the subscription of this browser. */
export async function unsubscribe(): Promise<void> {
  const registration = await navigator.serviceWorker.getRegistration(addressOf('/'))
  await (await registration?.pushManager.getSubscription())?.unsubscribe()
}

function read(subscription: PushSubscription | null): BrowserSubscription | null {
  const { endpoint, keys } = subscription?.toJSON() ?? {}
  const { p256dh, auth } = keys ?? {}
  return endpoint !== undefined && p256dh !== undefined && auth !== undefined
    ? { endpoint, keys: { p256dh, auth } }
    : null
}
