import { watch } from 'vue'
import type { Card, EventItem } from '@/live/generated'
import { useSession } from '@/session/session'
import { useAnnouncer } from '@/shell/announcer'

/** Tells the announcer who joined the events that are shown; one's own actions speak for themselves. */
export function useJoinedNews(events: () => readonly (Card | EventItem)[]): void {
  const announcer = useAnnouncer()
  const session = useSession()

  watch(events, (after, before) => {
    const known = new Map(before.map((event) => [event.id, event]))
    for (const event of after) {
      const old = known.get(event.id)
      if (!old || old === event || event.going <= old.going) continue
      const own =
        event.faces.some(({ id }) => id === session.person?.id) &&
        !old.faces.some(({ id }) => id === session.person?.id)
      const others = event.going - old.going - (own ? 1 : 0)
      if (others > 0) announcer.joined(event.id, event.title, others)
    }
  })
}
