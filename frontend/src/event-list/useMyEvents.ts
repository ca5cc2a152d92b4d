import { computed, type ComputedRef } from 'vue'
import { eventsAddress, WINDOW_MAX_ITEMS } from '@/live/addresses'
import type { Card } from '@/live/generated'
import { useView } from '@/live/useView'
import { useSession } from '@/session/session'
import { useNow } from '@/time/useNow'
import type { Query } from './useEventsQuery'

/**
 * One's own events that match the question, while that is about them; those to come first. Cards do not hold the
 * description, so where there are words the server's lists are asked too: it finds the same here as elsewhere.
 */
export function useMyEvents(query: () => Query): ComputedRef<readonly Card[]> {
  const session = useSession()
  const now = useNow()
  const own = computed(() => (query().when === 'mine' ? session.me.items.filter((item) => item.kind === 'card') : []))
  const answers = (['upcoming', 'past'] as const).map((when) =>
    useView(() => {
      const { q, tag } = query()
      const worth = own.value.length > 0 && q.trim() !== ''
      return worth ? eventsAddress({ when, q, tag, limit: WINDOW_MAX_ITEMS }) : null
    }),
  )
  const found = computed(
    () => new Set(answers.flatMap(({ stale, items }) => (stale.value ? [] : items.value)).map(({ key }) => key)),
  )

  return computed(() => {
    const { q, tag } = query()
    const cards = own.value.filter((card) => found.value.has(card.key) || matches(card, q, tag))
    const past = cards.filter((card) => card.ends_at <= now.value)
    return [...cards.filter((card) => card.ends_at > now.value), ...past.reverse()]
  })
}

/** As the server's lists answer, as far as a card tells: every word somewhere, and the tag. */
export function matches(card: Card, q: string, tag: string): boolean {
  if (tag !== '' && !card.tags.some((each) => folded(each) === folded(tag))) return false
  const text = folded([card.title, card.organizer.name, card.place, ...card.tags].join('\n'))
  return folded(q)
    .split(/\s+/)
    .every((word) => text.includes(word))
}

/** Without the difference of small and capital letters: `ß` is `SS`, and the two small sigmas are one. */
function folded(text: string): string {
  return text.toLowerCase().toUpperCase()
}
