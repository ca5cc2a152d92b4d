import { computed, shallowRef, watch, type ComputedRef } from 'vue'
import { peopleAddress } from '@/live/addresses'
import type { AttendeeItem } from '@/live/generated'
import { useView, type ShownView } from '@/live/useView'
import { chainStarts, WINDOW_PEOPLE, WINDOWS_MAX, type PeopleSearch, type WindowEnd } from './people'

/** The people in a chain of live windows. */
export interface PeopleWindows {
  /** In the order of joining. */
  people: ComputedRef<readonly AttendeeItem[]>
  /** All people that match, also those beyond the windows; null until the first window has loaded. */
  total: ComputedRef<number | null>
  /** True while a window loads. */
  loading: ComputedRef<boolean>
  /** True if there are people behind the last window. */
  hasMore: ComputedRef<boolean>
  /** Why people cannot be shown; null if they can. */
  trouble: ComputedRef<string | null>
}

/**
 * Watches the people of an event (null for none) in as many windows as are `wanted` for their number. Arrivals appear and
 * leavers vanish in each window. After a change of the query the last people stay until the new ones have loaded.
 */
export function usePeopleWindows(
  query: () => PeopleSearch | null,
  wanted: (total: number | null) => number,
): PeopleWindows {
  const starts = shallowRef<readonly (number | null)[]>(Array.from({ length: WINDOWS_MAX }, () => null))
  const windows = starts.value.map((_, index) =>
    useView(() => {
      const [asked, start] = [query(), starts.value[index] ?? null]
      if (asked === null || start === null) return null
      const { event, status, q } = asked
      return peopleAddress(event, { status, q, after: start, limit: WINDOW_PEOPLE })
    }),
  )
  const ends = computed(() => windows.map(endOf))
  const total = computed(() => listOf(windows[0])?.total ?? null)
  const open = computed(() => windows.filter((_, index) => (starts.value[index] ?? null) !== null))

  watch(
    [() => JSON.stringify(query()), ends, () => wanted(total.value)] as const,
    ([asked, , count], [askedBefore]) => {
      const isOther = asked !== askedBefore
      const before = isOther ? starts.value.map(() => null) : starts.value
      const next = chainStarts(before, isOther ? [] : ends.value, count)
      if (next.some((start, index) => start !== starts.value[index])) starts.value = next
    },
    { immediate: true, flush: 'sync' },
  )

  return {
    people: computed(() => distinct(open.value.flatMap(attendeesOf))),
    total,
    loading: computed(() => open.value.some(({ loading, stale }) => loading.value || stale.value)),
    hasMore: computed(() => ends.value.findLast((end) => end !== null)?.hasMore ?? false),
    trouble: computed(() => open.value.find(({ fail }) => fail.value !== null)?.fail.value?.detail ?? null),
  }
}

function listOf(view: ShownView | undefined): { total: number; before: number } | undefined {
  return view?.items.value.find((item) => item.kind === 'list')
}

function attendeesOf(view: ShownView): AttendeeItem[] {
  return view.items.value.filter((item) => item.kind === 'attendee')
}

/** The end of a window; null while it loads, or has no one. */
function endOf(view: ShownView): WindowEnd | null {
  const [list, people] = [listOf(view), attendeesOf(view)]
  const last = people.at(-1)
  if (view.stale.value || !list || !last) return null
  return { last: last.rank, hasMore: list.before + people.length < list.total }
}

function distinct(people: readonly AttendeeItem[]): readonly AttendeeItem[] {
  return [...new Map(people.map((person) => [person.key, person])).values()]
}
