import { computed, type ComputedRef } from 'vue'
import { eventsAddress } from '@/live/addresses'
import type { ShownView } from '@/live/useView'
import { isMine, nameOf, searchProblem, type Query, type When } from './useEventsQuery'
import { useListView } from './useListView'

/** The numbers of the viewer's own events that match a query, to come and ended; null for unknown ones. */
export interface MyTotals {
  coming: ComputedRef<number | null>
  past: ComputedRef<number | null>
  /** True once the server has answered with `coming` for the present query, or with a refusal. */
  isComingSettled: ComputedRef<boolean>
}

/** Watches the totals of both parts while one of them is open. */
export function useMyTotals(query: () => Query): MyTotals {
  const [coming, past] = [useTotal(query, 'mine'), useTotal(query, 'mine-past')]
  return {
    coming: computed(() => totalOf(coming)),
    past: computed(() => totalOf(past)),
    isComingSettled: computed(() => !coming.stale.value && (coming.at.value !== null || coming.fail.value !== null)),
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

function totalOf({ items }: ShownView): number | null {
  return items.value.find((item) => item.kind === 'list')?.total ?? null
}
