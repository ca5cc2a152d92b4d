import { shallowRef, type ShallowRef } from 'vue'
import { useNotices } from '@/shell/notices'
import type CalendarDialog from './CalendarDialog.vue'

/** The dialog of the calendar, which is loaded when it is first opened. */
export interface Calendar {
  /** Null while it is closed. */
  dialog: ShallowRef<typeof CalendarDialog | null>
  open: () => Promise<void>
  close: () => void
}

/** The calendar of a page. */
export function useCalendar(): Calendar {
  const notices = useNotices()
  const dialog = shallowRef<typeof CalendarDialog | null>(null)

  async function open(): Promise<void> {
    try {
      dialog.value = (await import('./CalendarDialog.vue')).default
    } catch {
      notices.showProblem("The calendar didn't load. Check your connection and try again.")
    }
  }

  return { dialog, open, close: () => (dialog.value = null) }
}
