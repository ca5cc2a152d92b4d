import type { App } from 'vue'
import { useNotices } from './notices'

/**
 * Vue's names of the places of an error after which a page still shows what it showed: watchers and event handlers. A
 * production build names them by number (https://vuejs.org/error-reference/).
 */
const WHOLE = /^watcher|event handler$|#runtime-[2-6]$/

/** True if an error at `info`, a place as Vue names it, has left the page as it was. */
export function isPageWhole(info: string): boolean {
  return WHOLE.test(info)
}

/** Reports errors that no component has handled, and tells the visitor. Vue goes on with all other components. */
export function handleErrors(app: App): void {
  app.config.errorHandler = (error) => {
    reportError(error)
    useNotices().showProblem(
      "Something went wrong, so that may not have worked. Reload the page if it doesn't respond.",
    )
  }
}
