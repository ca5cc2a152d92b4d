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

/** Long enough to read two lines and to reach Undo. */
export const NOTICE_MS = 9_000

/** The results of one's own actions, where the place itself does not show them. */
export const useNotices = defineStore('notices', () => {
  const announcer = useAnnouncer()
  const notices = shallowRef<readonly Notice[]>([])
  let lastId = 0

  function add(text: string, problem: boolean, action: Notice['action']): void {
    const id = ++lastId
    notices.value = [...notices.value.slice(-2), { id, text, problem, action }]
    announcer.say(action ? `${text} ${action.label} is possible.` : text)
    if (!problem) setTimeout(() => close(id), NOTICE_MS)
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
    notices.value = notices.value.filter((notice) => notice.id !== id)
  }

  return { notices, tell, complain, close }
})
