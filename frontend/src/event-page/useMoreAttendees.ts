import { computed, ref, shallowRef, watch, type ComputedRef, type Ref } from 'vue'
import { listAttendees, type AttendeeItem } from '@/api/generated'
import { rejectionOf } from '@/api/rejection'
import { useNotices } from '@/shell/notices'

/** The attendees after those in the live view. */
export interface MoreAttendees {
  people: ComputedRef<readonly AttendeeItem[]>
  loading: Ref<boolean>
  /** True if there may be more to load. */
  hasMore: Ref<boolean>
  load: () => Promise<void>
}

/** The attendees in the live view. */
export interface LiveAttendees {
  event: string
  /** Rank of the last attendee; null if there is none. */
  last: number | null
  /** Seats of all attendees, also of those that are not in the live view. */
  seats: number
}

/**
 * Loads pages of attendees, starting after the last one in the live view. Loaded pages do not change. When the live view
 * grows, its attendees are dropped from the pages; when its end moves up, the attendees in the gap are loaded.
 */
export function useMoreAttendees(live: () => LiveAttendees, status: AttendeeItem['status']): MoreAttendees {
  const notices = useNotices()
  const pages = shallowRef<readonly AttendeeItem[]>([])
  const loading = ref(false)
  const hasMore = ref(true)

  const people = computed(() => {
    const { last } = live()
    return last === null ? [] : pages.value.filter(({ rank }) => rank > last)
  })

  watch(live, (now, before) => {
    if (now.event !== before.event) pages.value = []
    if (now.event !== before.event || now.seats > before.seats) hasMore.value = true
    if (now.event === before.event && now.last !== null && before.last !== null && now.last < before.last)
      void loadGap(now.last, before.last)
  })

  /** The page after a rank; null if it failed, or if the page shows another event by now. */
  async function fetchPage(after: number): Promise<{ items: readonly AttendeeItem[]; next: number | null } | null> {
    const { event } = live()
    try {
      const { data } = await listAttendees({ path: { event }, query: { status, after } })
      return event === live().event ? data : null
    } catch (error) {
      notices.showProblem(rejectionOf(error).detail)
      return null
    }
  }

  async function loadGap(from: number, to: number): Promise<void> {
    if (pages.value.length === 0) return
    const page = await fetchPage(from)
    if (page) pages.value = sortedUnique([...pages.value, ...page.items.filter(({ rank }) => rank <= to)])
  }

  async function load(): Promise<void> {
    const from = people.value.at(-1)?.rank ?? live().last
    if (loading.value || from === null) return
    loading.value = true
    const page = await fetchPage(from)
    loading.value = false
    if (!page) return
    pages.value = sortedUnique([...pages.value, ...page.items])
    hasMore.value = page.next !== null
  }

  return { people, loading, hasMore, load }
}

function sortedUnique(people: readonly AttendeeItem[]): readonly AttendeeItem[] {
  return [...new Map(people.map((each) => [each.key, each])).values()].sort((one, other) => one.rank - other.rank)
}
