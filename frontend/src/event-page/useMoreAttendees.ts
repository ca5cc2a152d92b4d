import { computed, ref, shallowRef, watch, type ComputedRef, type Ref } from 'vue'
import { listAttendees, type AttendeeItem } from '@/api/generated'
import { rejectionOf } from '@/api/rejection'
import { useNotices } from '@/shell/notices'

/** Attendees beyond those that the live view holds. */
export interface MoreAttendees {
  people: ComputedRef<readonly AttendeeItem[]>
  loading: Ref<boolean>
  /** True if there may be more. */
  more: Ref<boolean>
  load: () => Promise<void>
}

/** The attendees that the live view holds. */
export interface Live {
  event: string
  /** Rank of its last attendee; null where there is none. */
  last: number | null
  /** Seats of all attendees, further ones too. */
  seats: number
}

/**
 * Pages through further attendees, starting behind the last one of the live view. Pages are as they were when they were
 * loaded. They stay when the live part changes its end: whom it took over is not shown twice, and whom it no longer
 * holds is asked for.
 */
export function useMoreAttendees(live: () => Live, status: AttendeeItem['status']): MoreAttendees {
  const notices = useNotices()
  const pages = shallowRef<readonly AttendeeItem[]>([])
  const loading = ref(false)
  const more = ref(true)

  const people = computed(() => {
    const { last } = live()
    return last === null ? [] : pages.value.filter(({ rank }) => rank > last)
  })

  watch(live, (now, before) => {
    if (now.event !== before.event) pages.value = []
    if (now.event !== before.event || now.seats > before.seats) more.value = true
    if (now.event === before.event && now.last !== null && before.last !== null && now.last < before.last)
      void mend(now.last, before.last)
  })

  /** Up to a page of those behind `after`; null when it could not be had, or is about another event by now. */
  async function ask(after: number): Promise<{ items: readonly AttendeeItem[]; next: number | null } | null> {
    const { event } = live()
    try {
      const { data } = await listAttendees({ path: { event }, query: { status, after } })
      return event === live().event ? data : null
    } catch (error) {
      notices.showProblem(rejectionOf(error).detail)
      return null
    }
  }

  async function mend(from: number, to: number): Promise<void> {
    if (pages.value.length === 0) return
    const seam = await ask(from)
    if (seam) pages.value = inOrder([...pages.value, ...seam.items.filter(({ rank }) => rank <= to)])
  }

  async function load(): Promise<void> {
    const from = people.value.at(-1)?.rank ?? live().last
    if (loading.value || from === null) return
    loading.value = true
    const page = await ask(from)
    loading.value = false
    if (!page) return
    pages.value = inOrder([...pages.value, ...page.items])
    more.value = page.next !== null
  }

  return { people, loading, more, load }
}

function inOrder(people: readonly AttendeeItem[]): readonly AttendeeItem[] {
  return [...new Map(people.map((each) => [each.key, each])).values()].sort((one, other) => one.rank - other.rank)
}
