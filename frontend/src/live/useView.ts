import { computed, onScopeDispose, shallowRef, toValue, watch, type ComputedRef, type MaybeRefOrGetter } from 'vue'
import { useLive } from './browser'
import type { Fail } from './generated'
import type { Item } from './replica'
import type { LiveView } from './liveViews'

/** One view, as a component shows it. */
export interface ShownView {
  items: ComputedRef<readonly Item[]>
  at: ComputedRef<string | null>
  /** Why the view has ended, or could not be watched. */
  fail: ComputedRef<Fail | null>
  /** True while the items still belong to the previous address. */
  stale: ComputedRef<boolean>
  /** True while there is nothing to show yet. */
  loading: ComputedRef<boolean>
}

/**
 * Watches the view of an address (null for none) for as long as the component lives.
 *
 * After a change of the address, the last items stay until the new ones have loaded, so that a list does not blink
 * while a person types into its search field.
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
      onCleanup(() => live.unwatch(wanted))
    },
    { immediate: true, flush: 'sync' },
  )
  watch(
    () => hasLoaded(current.value),
    (loaded) => {
      if (loaded) last.value = current.value
    },
    { immediate: true, flush: 'sync' },
  )
  onScopeDispose(() => (current.value = last.value = null))

  const shown = computed(() => (hasLoaded(current.value) ? current.value : last.value))
  return {
    items: computed(() => shown.value?.items ?? []),
    at: computed(() => shown.value?.at ?? null),
    fail: computed(() => current.value?.fail ?? null),
    stale: computed(() => shown.value !== null && shown.value !== current.value),
    loading: computed(() => current.value !== null && shown.value === null),
  }
}

function hasLoaded(view: LiveView | null): boolean {
  return view !== null && (view.at !== null || view.fail !== null)
}
