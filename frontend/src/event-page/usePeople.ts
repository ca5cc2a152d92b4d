import { computed, ref, watch, type ComputedRef, type Ref } from 'vue'
import { refDebounced } from '@vueuse/core'
import type { AttendeeItem } from '@/live/generated'
import { seatsOf } from '@/seats/capacity'
import { sortPeople, WINDOW_PEOPLE, WINDOWS_MAX, type PeopleOrder } from './people'
import { usePeopleWindows } from './usePeopleWindows'

/** A search starts this time after the last key, in ms. */
const SEARCH_DELAY_MS = 150

/** The people with seats, or on the waitlist, as the event's own view has them. */
export interface LivePeople {
  event: string
  status: AttendeeItem['status']
  /** The first of them. */
  people: readonly AttendeeItem[]
  /** Seats of all of them, also of those that the event's view does not have. */
  seats: number
}

/** A list of people that can be searched, sorted and continued. */
export interface People {
  words: Ref<string>
  order: Ref<PeopleOrder>
  shown: ComputedRef<readonly AttendeeItem[]>
  /** Place on the waitlist, from 1; null if it is not known. */
  placeOf: (attendee: AttendeeItem) => number | null
  /** The number of people found by a search; null without one, and until it is known. */
  found: ComputedRef<number | null>
  /** All people; null if that is not known. */
  total: ComputedRef<number | null>
  isSortable: ComputedRef<boolean>
  isLoading: ComputedRef<boolean>
  hasMore: ComputedRef<boolean>
  trouble: ComputedRef<string | null>
  showMore: () => void
}

/**
 * The people of an event. The event's view has the first hundred. A search, another order, and people beyond these open
 * live windows.
 */
export function usePeople(live: () => LivePeople): People {
  const words = ref('')
  const order = ref<PeopleOrder>('joined')
  const query = refDebounced(words, SEARCH_DELAY_MS)
  const windowsWanted = ref(0)

  const isSearch = computed(() => query.value.trim() !== '')
  const isAllLive = computed(() => seatsOf(live().people) >= live().seats)
  const needsAll = computed(() => order.value !== 'joined' && !isAllLive.value)
  const isWindowed = computed(() => isSearch.value || needsAll.value || (windowsWanted.value > 0 && !isAllLive.value))
  /** Only people who are all loaded can be sorted. */
  const canSort = (total: number | null): boolean => (total ?? 0) <= WINDOW_PEOPLE * WINDOWS_MAX
  const windowsOpen = (total: number | null): number =>
    order.value === 'joined' || !canSort(total) ? Math.max(1, windowsWanted.value) : WINDOWS_MAX
  const windows = usePeopleWindows(
    () => (isWindowed.value ? { event: live().event, status: live().status, q: query.value.trim() } : null),
    windowsOpen,
  )
  const hasWindows = computed(() => isWindowed.value && windows.total.value !== null)
  const inOrder = computed(() => (hasWindows.value ? windows.people.value : live().people))
  const isSortable = computed(() => canSort(windows.total.value))
  const shown = computed(() => sortPeople(inOrder.value, isSortable.value ? order.value : 'joined'))

  /** Of the first hundred or, without a search, of all that are loaded. */
  const places = computed(() => {
    const known = isSearch.value ? live().people : inOrder.value
    return new Map(known.map(({ key }, index) => [key, index + 1]))
  })

  watch([() => live().event, () => query.value], () => (windowsWanted.value = 0))

  return {
    words,
    order,
    shown,
    placeOf: ({ key }) => places.value.get(key) ?? null,
    found: computed(() => (isSearch.value && !windows.loading.value ? windows.total.value : null)),
    total: computed(() => (isAllLive.value ? live().people.length : isSearch.value ? null : windows.total.value)),
    isSortable,
    isLoading: computed(() => isWindowed.value && windows.loading.value),
    hasMore: computed(() =>
      hasWindows.value
        ? windows.hasMore.value && windowsOpen(windows.total.value) < WINDOWS_MAX
        : !isSearch.value && !isAllLive.value,
    ),
    trouble: computed(() => (isWindowed.value ? windows.trouble.value : null)),
    showMore: () => {
      if (!windows.loading.value)
        windowsWanted.value = Math.min(WINDOWS_MAX, hasWindows.value ? windowsOpen(windows.total.value) + 1 : 1)
    },
  }
}
