import { computed, shallowRef, watch, type ComputedRef } from 'vue'
import type { Card } from '@/live/generated'
import type { Query } from './useEventsQuery'

/** As many as fit next to each other. */
const TAGS_MAX = 8

/** The tags that most of these events have. */
export function commonTags(cards: readonly Pick<Card, 'tags'>[]): string[] {
  const counts = new Map<string, number>()
  for (const tag of cards.flatMap(({ tags }) => tags)) counts.set(tag, (counts.get(tag) ?? 0) + 1)
  return [...counts]
    .sort(([one, often], [other, oftener]) => oftener - often || one.localeCompare(other))
    .slice(0, TAGS_MAX)
    .map(([tag]) => tag)
}

/**
 * Tags to choose from. They come from the first whole list (all upcoming ones, for example) and stay while it changes or
 * is narrowed down, so that none moves under a finger. The chosen one is always among them.
 */
export function useTags(
  cards: () => readonly Card[],
  query: () => Query,
  answered: () => string,
): ComputedRef<readonly string[]> {
  const tags = shallowRef<readonly string[]>([])
  let source: Query['when'] | null = null

  watch(
    [cards, answered],
    () => {
      const { when, q, tag } = query()
      const whole = q === '' && tag === ''
      if (answered() !== JSON.stringify(query()) || (whole ? source === when : tags.value.length > 0)) return
      tags.value = commonTags(cards())
      source = whole && cards().length > 0 ? when : null
    },
    { immediate: true },
  )

  return computed(() => {
    const { tag } = query()
    return tag === '' || tags.value.includes(tag) ? tags.value : [tag, ...tags.value]
  })
}
