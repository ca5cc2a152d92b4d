import { computed, shallowRef, watch, type ComputedRef } from 'vue'
import { tagsAddress } from '@/live/addresses'
import type { Card } from '@/live/generated'
import { useView } from '@/live/useView'
import { isMine, type Query } from './useEventsQuery'
import { isSameTag } from './useMyEvents'

/** A tag to filter by, and the number of events that carry it; null where that is unknown. */
export interface TagCount {
  tag: string
  total: number | null
}

/** The number of tags to choose from. */
const TAGS_MAX = 30

/** The tags of some events, the most frequent ones first. */
export function countTags(cards: readonly Pick<Card, 'tags'>[]): TagCount[] {
  const counts = new Map<string, number>()
  for (const tag of cards.flatMap(({ tags }) => tags)) counts.set(tag, (counts.get(tag) ?? 0) + 1)
  return [...counts]
    .sort(([one, count], [other, otherCount]) => otherCount - count || one.localeCompare(other))
    .slice(0, TAGS_MAX)
    .map(([tag, total]) => ({ tag, total }))
}

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

/**
 * Tags to choose from: the most frequent ones of the open list, whatever it is filtered by. Their order stays while the
 * list is open.
 *
 * @param own the viewer's own events, of which no view counts the tags.
 */
export function useTags(query: () => Query, own: () => readonly Card[]): ComputedRef<readonly TagCount[]> {
  const when = computed(() => query().when)
  const view = useView(() => (isMine(when.value) ? null : tagsAddress(when.value)))
  const fresh = computed<TagCount[]>(() =>
    isMine(when.value) ? countTags(own()) : view.items.value.filter((item) => item.kind === 'tag'),
  )
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
