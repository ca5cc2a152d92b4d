import { computed, type ComputedRef } from 'vue'
import { eventsAddress, WINDOW_MAX_ITEMS } from '@/live/addresses'
import type { Card } from '@/live/generated'
import { useView } from '@/live/useView'
import { useSession } from '@/session/session'
import { dateWords, fold, foldedWords } from '@/text/folding'
import { useNow } from '@/time/useNow'
import { searchProblem, type Query } from './useEventsQuery'

/**
 * The viewer's own events that match a query for them, upcoming events first. Cards have no description, so a search text
 * is also searched in the server's lists, which know it.
 */
export function useMyEvents(query: () => Query): ComputedRef<readonly Card[]> {
  const session = useSession()
  const now = useNow()
  const ownCards = computed(() =>
    query().when === 'mine' ? session.me.items.filter((item) => item.kind === 'card') : [],
  )
  const results = (['upcoming', 'past'] as const).map((when) =>
    useView(() => {
      const { q, tag } = query()
      const isSearch = ownCards.value.length > 0 && q.trim() !== '' && searchProblem(q) === null
      return isSearch ? eventsAddress({ when, q, tag, limit: WINDOW_MAX_ITEMS }) : null
    }),
  )
  const foundKeys = computed(
    () => new Set(results.flatMap(({ stale, items }) => (stale.value ? [] : items.value)).map(({ key }) => key)),
  )

  return computed(() => {
    const { q, tag } = query()
    const cards = ownCards.value.filter((card) => foundKeys.value.has(card.key) || matches(card, q, tag))
    const past = cards.filter((card) => card.ends_at <= now.value)
    return [...cards.filter((card) => card.ends_at > now.value), ...past.reverse()]
  })
}

/** Matches a card like the server's lists do, without the description: each word anywhere or as a day, and the tag. */
export function matches(card: Card, q: string, tag: string): boolean {
  if (tag !== '' && !card.tags.some((each) => foldCase(each) === foldCase(tag))) return false
  const words = foldedWords(q)
  if (words.length === 0) return true
  const text = fold([card.title, card.organizer.name, card.place, ...card.tags].join('\n'))
  const dates = dateWords(card)
  return words.every((word) => text.includes(word) || dates.has(word))
}

/** Folds the case of a tag: `ß` becomes `SS`, and both small sigmas become one letter. */
function foldCase(tag: string): string {
  return tag.toLowerCase().toUpperCase()
}
