import { shallowRef, type ShallowRef } from 'vue'
import { rejectionOf } from '@/api/rejection'

/** An action whose refusal shows beside its button. */
export interface Attempt {
  /** Why the last one was refused; empty for no reason. */
  problem: ShallowRef<string>
  isBusy: ShallowRef<boolean>
  /** Runs an action, unless one is running. True if it succeeded. */
  attempt: (action: () => Promise<void>) => Promise<boolean>
}

export function useAttempt(): Attempt {
  const problem = shallowRef('')
  const isBusy = shallowRef(false)

  async function attempt(action: () => Promise<void>): Promise<boolean> {
    if (isBusy.value) return false
    isBusy.value = true
    problem.value = ''
    try {
      await action()
      return true
    } catch (error) {
      problem.value = rejectionOf(error).detail
      return false
    } finally {
      isBusy.value = false
    }
  }

  return { problem, isBusy, attempt }
}
