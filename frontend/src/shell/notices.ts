import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import { useAnnouncer } from './announcer'

/** A sentence at the edge of the page that goes away by itself. */
export interface Notice {
  id: number
  text: string
  /** A problem stays until it is closed. */
  problem: boolean
  action: { label: string; run: () => void } | null
}

/** Long enough to read two lines. */
export const NOTICE_MS = 9_000
/** Long enough to hear of Undo, and to press it. */
export const ACTION_MS = 15_000

/** The keys for Undo, as a screen reader says them and as the page shows them. */
export const UNDO_KEYS = /Mac|iPhone|iPad/.test(navigator.userAgent)
  ? { said: 'Command Z', shown: '⌘Z' }
  : { said: 'Control Z', shown: 'Ctrl Z' }

/** The results of one's own actions, where the place itself does not show them. */
export const useNotices = defineStore('notices', () => {
  const announcer = useAnnouncer()
  const notices = shallowRef<readonly Notice[]>([])
  const timers = new Map<number, ReturnType<typeof setTimeout>>()
  let held = false
  let lastId = 0

  function add(text: string, problem: boolean, action: Notice['action']): void {
    const id = ++lastId
    const notice = { id, text, problem, action }
    notices.value = [...notices.value.slice(-2), notice]
    announcer.say(action ? `${text} ${action.label} with ${UNDO_KEYS.said}.` : text)
    if (!held) limit(notice)
  }

  function limit({ id, problem, action }: Notice): void {
    if (!problem) timers.set(id, setTimeout(close, action ? ACTION_MS : NOTICE_MS, id))
  }

  /** Somebody is at the notices: none goes away until `release`. */
  function hold(): void {
    held = true
    timers.forEach(clearTimeout)
    timers.clear()
  }

  /** Nobody is any longer; each has its whole time again. */
  function release(): void {
    hold()
    held = false
    notices.value.forEach(limit)
  }

  /** Does what the newest notice with an action offers, and gives whether there was one. */
  function undo(): boolean {
    const last = notices.value.findLast(({ action }) => action !== null)
    if (last) run(last)
    return last !== undefined
  }

  function run({ id, action }: Notice): void {
    close(id)
    action?.run()
  }

  /** Something went as wished. */
  function tell(text: string, action: Notice['action'] = null): void {
    add(text, false, action)
  }

  /** Something did not go. */
  function complain(text: string): void {
    add(text, true, null)
  }

  function close(id: number): void {
    clearTimeout(timers.get(id))
    timers.delete(id)
    notices.value = notices.value.filter((notice) => notice.id !== id)
    // A notice that closes under the pointer fires no pointerleave.
    if (held) release()
  }

  return { notices, tell, complain, close, hold, release, run, undo }
})
