import { computed, onScopeDispose, shallowRef, toValue, watch, type ComputedRef, type MaybeRefOrGetter } from 'vue'
import { useLive } from './browser'
import type { Fail } from './generated'
import type { Item } from './replica'
import type { LiveView } from './views'

/** One view, as a component shows it. */
export interface ShownView {
  items: ComputedRef<readonly Item[]>
  at: ComputedRef<string | null>
  /** Why there is nothing to show, or nothing more to come. */
  fail: ComputedRef<Fail | null>
  /** True while the items still belong to the previous address. */
  stale: ComputedRef<boolean>
  /** True while there is nothing to show yet. */
  loading: ComputedRef<boolean>
}

/**
 * Watches the view of an address (null for none) for as long as the component lives.
 *
 * When the address changes, the last items stay until the new ones are there, so that a list does not blink while
 * somebody types into its search.
 */
export function useView(address: MaybeRefOrGetter<string | null>): ShownView {
  const live = useLive()
  const current = shallowRef<LiveView | null>(null)
  const last = shallowRef<LiveView | null>(null)

  watch(
    () => toValue(address),
    (wanted, _, onCleanup) => {
      if (wanted === null) {
        current.value = last.value = null
        return
      }
      current.value = live.watch(wanted)
      onCleanup(() => live.release(wanted))
    },
    { immediate: true, flush: 'sync' },
  )
  watch(
    () => settled(current.value),
    (is) => {
      if (is) last.value = current.value
    },
    { immediate: true, flush: 'sync' },
  )
  onScopeDispose(() => (current.value = last.value = null))

  const shown = computed(() => (settled(current.value) ? current.value : last.value))
  return {
    items: computed(() => shown.value?.items ?? []),
    at: computed(() => shown.value?.at ?? null),
    fail: computed(() => current.value?.fail ?? null),
    stale: computed(() => shown.value !== null && shown.value !== current.value),
    loading: computed(() => current.value !== null && shown.value === null),
  }
}

function settled(view: LiveView | null): boolean {
  return view !== null && (view.at !== null || view.fail !== null)
}
