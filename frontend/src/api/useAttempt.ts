import { useNotices } from '@/shell/notices'
import { Rejection } from './rejection'

/** Runs a call, and shows a notice about its success, unless that is empty, or why it was refused. False if it was. */
export type Attempt = (call: () => Promise<unknown>, success: string) => Promise<boolean>

export function useAttempt(): Attempt {
  const notices = useNotices()
  return async (call, success) => {
    try {
      await call()
      if (success) notices.show(success)
      return true
    } catch (error) {
      if (!(error instanceof Rejection)) throw error
      notices.showProblem(error.detail)
      return false
    }
  }
}
