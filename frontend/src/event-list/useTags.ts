import { computed, shallowRef, watch, type ComputedRef } from 'vue'
import type { Card } from '@/live/generated'
import type { Query } from './useEventsQuery'

/** The number of tags that fit side by side. */
const TAGS_MAX = 8

/** The most common tags of some events. */
export function commonTags(cards: readonly Pick<Card, 'tags'>[]): string[] {
  const counts = new Map<string, number>()
  for (const tag of cards.flatMap(({ tags }) => tags)) counts.set(tag, (counts.get(tag) ?? 0) + 1)
  return [...counts]
    .sort(([one, count], [other, otherCount]) => otherCount - count || one.localeCompare(other))
    .slice(0, TAGS_MAX)
    .map(([tag]) => tag)
}

/**
 * Tags to choose from. They come from the first unfiltered list and stay while that list changes or is filtered, so that
 * none moves under a finger. The chosen tag is always among them.
 */
export function useTags(
  cards: () => readonly Card[],
  query: () => Query,
  shownQuery: () => string,
): ComputedRef<readonly string[]> {
  const tags = shallowRef<readonly string[]>([])
  let source: Query['when'] | null = null

  watch(
    [cards, shownQuery],
    () => {
      const { when, q, tag } = query()
      const isUnfiltered = q === '' && tag === ''
      if (shownQuery() !== JSON.stringify(query()) || (isUnfiltered ? source === when : tags.value.length > 0)) return
      tags.value = commonTags(cards())
      source = isUnfiltered && cards().length > 0 ? when : null
    },
    { immediate: true },
  )

  return computed(() => {
    const { tag } = query()
    return tag === '' || tags.value.includes(tag) ? tags.value : [tag, ...tags.value]
  })
}
