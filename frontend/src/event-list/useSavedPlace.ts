import { useEventListener, useTimeoutFn } from '@vueuse/core'
import { onScopeDispose, watch } from 'vue'
import { useRouter } from 'vue-router'
import { useLastList } from './lastList'
import { entryState, stateOf, type SavedPlace } from './savedPlace'
import type { Query } from './useEventsQuery'

/** The place is saved when the page has not been scrolled for this time, in ms. Safari allows 100 changes of the entry in 30 s. */
const SETTLED_MS = 400

/**
 * Saves the reader's place in the list in the entry of the browser's history, so that Back and a reload return to it, and
 * for the link back to the list.
 *
 * @param current the present place; null while there is none.
 */
export function useSavedPlace(query: () => Query, current: () => SavedPlace | null): void {
  const router = useRouter()
  const lastList = useLastList()
  let position = entryState().position

  function save(): void {
    const place = current()
    // While Back or Forward leaves the list, the entry is another one already.
    if (!place || entryState().position !== position) return
    history.replaceState({ ...entryState(), ...stateOf(query(), place) }, '')
    lastList.set(query(), place)
  }

  const removeGuards = [
    router.beforeEach(() => save()),
    router.afterEach((to) => {
      if (to.name === 'events') position = entryState().position
    }),
  ]
  onScopeDispose(() => removeGuards.forEach((remove) => remove()))
  // Each start of the timer begins anew.
  const settled = useTimeoutFn(save, SETTLED_MS, { immediate: false })
  useEventListener(window, 'scroll', () => settled.start(), { passive: true })
  watch(query, (now) => lastList.set(now, null), { immediate: true })
}
