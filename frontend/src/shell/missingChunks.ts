import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import type { Router } from 'vue-router'
import { useAnnouncer } from './announcer'
import { isChunkError } from './lazyPage'
import { useNotices, type NoticeAction } from './notices'

/** The answer to a page whose chunk did not load. */
export type Recovery = 'wait' | 'reload' | 'ask'

const KEY = 'missing-chunk'
const WAIT_WORDS = "No answer from the server, so that page can't open yet. Everything here stays as it is."
const ASK_WORDS = "Turnout was updated, so that page opens after a reload. What you've written here isn't saved yet."

/**
 * A server that answers has no such chunk any more, as after an upgrade, or the browser remembers an earlier failure: the
 * page has to be loaded anew. Otherwise everything stays until the network is back.
 */
export function recoveryOf(isServerReachable: boolean, hasUnsavedText: boolean): Recovery {
  if (!isServerReachable) return 'wait'
  return hasUnsavedText ? 'ask' : 'reload'
}

/** True if a form has text that a reload would lose: it asks the same of the browser before the page is left. */
export function hasUnsavedText(page: EventTarget = window): boolean {
  return !page.dispatchEvent(new Event('beforeunload', { cancelable: true }))
}

/** The address whose chunk failed before anything was shown; null if there is none. */
export const useFirstPage = defineStore('first-page', () => {
  const failed = shallowRef<string | null>(null)
  return { failed }
})

/** The parts of the browser that the recovery needs. */
export interface RecoveryPorts {
  isServerReachable: () => Promise<boolean>
  hasUnsavedText: () => boolean
  /** Loads a path from the server. */
  reload: (path: string) => void
}

/** Keeps the page that is shown when the chunk of another does not load, and says so. */
export function recoverMissingChunks(router: Router, ports: RecoveryPorts): void {
  const notices = useNotices()
  const announcer = useAnnouncer()
  const firstPage = useFirstPage()

  router.afterEach((_to, _from, failure) => {
    if (failure) return
    notices.remove(KEY)
    firstPage.failed = null
  })
  router.onError((error, { fullPath }, from) => {
    if (!isChunkError(error)) return
    // The first page of a visit is not reloaded by itself, so that nothing loads in circles.
    if (from.matched.length === 0) firstPage.failed = fullPath
    else void recover(fullPath)
  })

  async function recover(path: string): Promise<void> {
    const recovery = recoveryOf(await ports.isServerReachable(), ports.hasUnsavedText())
    if (recovery === 'reload') {
      ports.reload(path)
    } else if (recovery === 'ask') {
      say(ASK_WORDS, { label: 'Reload', run: () => ports.reload(path) })
    } else {
      const tryAgain = (): void => void router.push(path).catch(() => undefined) // `onError` handles it
      say(WAIT_WORDS, { label: 'Try again', run: tryAgain })
    }
  }

  function say(text: string, action: NoticeAction): void {
    notices.remove(KEY)
    notices.put(KEY, text, action)
    announcer.announce(text)
  }
}
