import { computed, type ComputedRef } from 'vue'
import { eventsAddress } from '@/live/addresses'
import type { ShownView } from '@/live/useView'
import { isMine, nameOf, searchProblem, type Query, type When } from './useEventsQuery'
import { useListView } from './useListView'

/** The numbers of the viewer's own events that match a query, to come and ended; null until they are known. */
export interface MyTotals {
  coming: ComputedRef<number | null>
  past: ComputedRef<number | null>
  /** True while `coming` belongs to the present query. */
  isComingKnown: ComputedRef<boolean>
}

/** Watches the totals of both parts while one of them is open. */
export function useMyTotals(query: () => Query): MyTotals {
  const [coming, past] = [useTotal(query, 'mine'), useTotal(query, 'mine-past')]
  return {
    coming: computed(() => totalOf(coming)),
    past: computed(() => totalOf(past)),
    isComingKnown: computed(() => totalOf(coming) !== null && !coming.stale.value),
  }
}

function useTotal(query: () => Query, when: When): ShownView {
  return useListView(
    () => when,
    () => {
      const { when: open, q, tag } = query()
      return isMine(open) && searchProblem(q) === null ? eventsAddress({ ...nameOf(when), q, tag, limit: 1 }) : null
    },
  )
}

/** A list that is refused has no events. */
function totalOf({ items, at, fail }: ShownView): number | null {
  const list = items.value.find((item) => item.kind === 'list')
  return list?.total ?? (at.value === null && fail.value === null ? null : 0)
}
