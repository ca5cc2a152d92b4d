import { computed, shallowRef, watch, type ComputedRef } from 'vue'
import { tagsAddress } from '@/live/addresses'
import { nameOf, type Query } from './useEventsQuery'
import { useListView } from './useListView'

/** A tag to filter by, and the number of events that carry it; null where that is unknown. */
export interface TagCount {
  tag: string
  total: number | null
}

/** The number of tags to choose from. */
const TAGS_MAX = 30

/** The same tags in the same order, with the numbers of `now`. New tags follow, so that none moves under a finger. */
export function inStableOrder(shown: readonly TagCount[], now: readonly TagCount[]): TagCount[] {
  const totals = new Map(now.map(({ tag, total }) => [tag, total]))
  const known = new Set(shown.map(({ tag }) => tag))
  return [
    ...shown.map(({ tag }) => ({ tag, total: totals.get(tag) ?? 0 })),
    ...now.filter(({ tag }) => !known.has(tag)),
  ].slice(0, TAGS_MAX)
}

/** The tags with the chosen one among them. */
export function withChosen(tags: readonly TagCount[], chosen: string): readonly TagCount[] {
  const isKnown = chosen === '' || tags.some(({ tag }) => isSameTag(tag, chosen))
  return isKnown ? tags : [{ tag: chosen, total: null }, ...tags]
}

/** True for two spellings of a tag, which differ in case only: `ß` is `SS`, and both small sigmas are one letter. */
export function isSameTag(one: string, other: string): boolean {
  const folded = (tag: string): string => tag.toLowerCase().toUpperCase()
  return folded(one) === folded(other)
}

/**
 * Tags to choose from: the most frequent ones of the open list, whatever it is filtered by. Their order stays while the
 * list is open.
 */
export function useTags(query: () => Query): ComputedRef<readonly TagCount[]> {
  const when = computed(() => query().when)
  const view = useListView(
    () => when.value,
    () => tagsAddress(nameOf(when.value)),
  )
  const fresh = computed<TagCount[]>(() => view.items.value.filter((item) => item.kind === 'tag'))
  const tags = shallowRef<readonly TagCount[]>([])
  let source: Query['when'] | null = null

  watch(
    [fresh, when, view.stale] as const,
    ([now, list, isStale]) => {
      if (isStale) return
      tags.value = source === list ? inStableOrder(tags.value, now) : now
      source = now.length > 0 ? list : null
    },
    { immediate: true },
  )

  return computed(() => withChosen(tags.value, query().tag))
}
