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

/** @param field the field of the request that the button sends: what is wrong with it is the problem */
export function useAttempt(field?: () => string): Attempt {
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
      const { fields, detail } = rejectionOf(error)
      problem.value = (field && fields.get(field())) ?? detail
      return false
    } finally {
      isBusy.value = false
    }
  }

  return { problem, isBusy, attempt }
}
