import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import { useAnnouncer } from './announcer'

/** A button on a notice. */
export interface NoticeAction {
  label: string
  run: () => void
}

/** A sentence at the lower edge of the page. */
export interface Notice {
  id: number
  /** A notice with a key replaces the one before with the same key, and makes room for no other; null for the rest. */
  key: string | null
  text: string
  /** The time after which it closes by itself; Infinity for never. */
  durationMs: number
  action: NoticeAction | null
  /** Called when a person closes it. */
  onClose: () => void
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

/** True for the action that has the keys for Undo. */
export function isUndo(action: NoticeAction | null): boolean {
  return action?.label === 'Undo'
}

/** The results of the viewer's actions, for results that the page does not show elsewhere, and news. */
export const useNotices = defineStore('notices', () => {
  const announcer = useAnnouncer()
  const notices = shallowRef<readonly Notice[]>([])
  let lastId = 0

  function add(notice: Omit<Notice, 'id'>): void {
    const added = [...notices.value, { ...notice, id: ++lastId }]
    const oldest = added.filter(({ key }) => key === null).slice(0, -NOTICES_MAX)
    notices.value = added.filter((each) => !oldest.includes(each))
  }

  /** Shows a result, with an action that the viewer may want next. */
  function show(text: string, action: NoticeAction | null = null): void {
    const durationMs = action ? ACTION_MS : NOTICE_MS
    add({ key: null, text, durationMs, action, onClose: () => undefined })
    announcer.announce(isUndo(action) ? `${text} Undo with ${UNDO_KEYS.spoken}.` : text)
  }

  /** Shows a problem. It stays until it is closed. */
  function showProblem(text: string): void {
    add({ key: null, text, durationMs: Infinity, action: null, onClose: () => undefined })
    announcer.announce(text)
  }

  /**
   * Shows a notice that stays until it is closed, or removed by its key. The caller announces it. False if it is there
   * already with this text.
   */
  function put(key: string, text: string, action: NoticeAction | null, onClose = (): void => undefined): boolean {
    if (notices.value.some((each) => each.key === key && each.text === text)) return false
    remove(key)
    add({ key, text, durationMs: Infinity, action, onClose })
    return true
  }

  /** Removes the notice with a key, if there is one. */
  function remove(key: string): void {
    notices.value = notices.value.filter((notice) => notice.key !== key)
  }

  function close(id: number): void {
    const closed = notices.value.find((notice) => notice.id === id)
    notices.value = notices.value.filter((notice) => notice !== closed)
    closed?.onClose()
  }

  /** Runs the action of a notice, and closes it. One with a key stays until its cause is gone. */
  function run({ id, key, action }: Notice): void {
    if (key === null) close(id)
    action?.run()
  }

  /** Undoes what the newest notice with Undo is about. False if there is none. */
  function undoNewest(): boolean {
    const newest = notices.value.findLast(({ action }) => isUndo(action))
    if (newest) run(newest)
    return newest !== undefined
  }

  return { notices, show, showProblem, put, remove, close, run, undoNewest }
})
