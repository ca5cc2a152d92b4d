import type { Router } from 'vue-router'
import { useNotices } from '@/shell/notices'

/** The parameter with which the server sends the browser back from a provider in vain (docs/protocol.md). */
const PARAMETER = 'sign-in'

/** Says on any page that signing in with the provider failed, and takes that out of the address. */
export function reportFailedSignIns(router: Router): void {
  router.beforeEach((to) => {
    const { [PARAMETER]: outcome, ...query } = to.query
    if (outcome !== 'failed') return true
    useNotices().showProblem("Signing in didn't work. Try again, or come back in another way.")
    return { path: to.path, query, hash: to.hash, replace: true }
  })
}
