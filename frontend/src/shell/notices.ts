import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import { useAnnouncer } from './announcer'

/** A sentence at the lower edge of the page. */
export interface Notice {
  id: number
  text: string
  /** The time after which it closes by itself; Infinity for never. */
  durationMs: number
  action: { label: string; run: () => void } | null
}

/** Long enough to read two lines. */
export const NOTICE_MS = 9_000
/** Long enough to learn about the action, and to use it. */
export const ACTION_MS = 15_000
/** Older notices make room. */
const NOTICES_MAX = 3

/** The keys for Undo, as a screen reader says them and as the page shows them. */
export const UNDO_KEYS = /Mac|iPhone|iPad/.test(navigator.userAgent)
  ? { spoken: 'Command Z', shown: '⌘Z' }
  : { spoken: 'Control Z', shown: 'Ctrl Z' }

/** The results of the viewer's actions, for results that the page does not show elsewhere. */
export const useNotices = defineStore('notices', () => {
  const announcer = useAnnouncer()
  const notices = shallowRef<readonly Notice[]>([])
  let lastId = 0

  function add(text: string, durationMs: number, action: Notice['action']): void {
    notices.value = [...notices.value, { id: ++lastId, text, durationMs, action }].slice(-NOTICES_MAX)
    announcer.announce(action ? `${text} ${action.label} with ${UNDO_KEYS.spoken}.` : text)
  }

  /** Shows a result, with an action that the viewer may want next. */
  function show(text: string, action: Notice['action'] = null): void {
    add(text, action ? ACTION_MS : NOTICE_MS, action)
  }

  /** Shows a problem. It stays until it is closed. */
  function showProblem(text: string): void {
    add(text, Infinity, null)
  }

  function close(id: number): void {
    notices.value = notices.value.filter((notice) => notice.id !== id)
  }

  /** Closes a notice and runs its action. */
  function run({ id, action }: Notice): void {
    close(id)
    action?.run()
  }

  /** Runs the action of the newest notice that has one. False if there is none. */
  function runNewestAction(): boolean {
    const newest = notices.value.findLast(({ action }) => action !== null)
    if (newest) run(newest)
    return newest !== undefined
  }

  return { notices, show, showProblem, close, run, runNewestAction }
})
