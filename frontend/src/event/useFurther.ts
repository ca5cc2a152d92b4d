import { ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import { listAttendees, type AttendeeItem } from '@/api/generated'
import { rejectionOf } from '@/api/rejection'
import { useNotices } from '@/shell/notices'

/** Attendees beyond those that the live view holds. */
export interface Further {
  people: ShallowRef<readonly AttendeeItem[]>
  loading: Ref<boolean>
  /** Whether there may be more. */
  more: Ref<boolean>
  load: () => Promise<void>
}

/**
 * Pages through further attendees, starting behind the last one of the live view. Pages are as they were when they were
 * loaded; when the live part changes its end, they start anew.
 */
export function useFurther(event: () => string, status: AttendeeItem['status'], last: () => number | null): Further {
  const notices = useNotices()
  const people = shallowRef<readonly AttendeeItem[]>([])
  const loading = ref(false)
  const more = ref(true)
  let after: number | null = null

  watch([event, last], () => {
    people.value = []
    more.value = true
    after = null
  })

  async function load(): Promise<void> {
    const from = after ?? last()
    if (loading.value || from === null) return
    loading.value = true
    try {
      const { data } = await listAttendees({ path: { event: event() }, query: { status, after: from } })
      people.value = [...people.value, ...data.items]
      after = data.next
      more.value = data.next !== null
    } catch (error) {
      notices.complain(rejectionOf(error).detail)
    } finally {
      loading.value = false
    }
  }

  return { people, loading, more, load }
}
