import { useEventListener } from '@vueuse/core'
import { onScopeDispose } from 'vue'

const CHANNEL = 'turnout-session'
const LOCK = 'turnout-sign-up'

/** Reports to the other tabs of this browser that the session changed. `onReport` is called when one of them reports. */
export function useOtherTabs(onReport: () => void): { report: () => void } {
  if (typeof BroadcastChannel === 'undefined') return { report: () => undefined }
  const channel = new BroadcastChannel(CHANNEL)
  useEventListener(channel, 'message', onReport)
  onScopeDispose(() => channel.close())
  return { report: () => channel.postMessage(null) }
}

/**
 * Runs a task while no other tab of this browser runs one. Only pages over HTTPS or from localhost have such locks, and
 * browsers deny them to a site without storage: then the task runs at once.
 */
export async function inOneTabAtATime<T>(task: () => Promise<T>): Promise<T> {
  const { locks } = navigator as Partial<Navigator>
  try {
    if (locks) return await locks.request(LOCK, task)
  } catch (error) {
    if (!(error instanceof DOMException)) throw error
  }
  return await task()
}
