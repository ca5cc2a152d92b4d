import { watch } from 'vue'
import { useAttendance } from '@/attendance/attendance'
import type { Card, EventItem } from '@/live/generated'
import { useSession } from '@/session/session'
import { useAnnouncer } from '@/shell/announcer'

/** An event as it was last looked at, and the seats of others then. */
interface Looked {
  event: Card | EventItem
  others: number
}

/** Tells the announcer who joined the events that are shown; one's own actions speak for themselves. */
export function useJoinAnnouncements(events: () => readonly (Card | EventItem)[]): void {
  const announcer = useAnnouncer()
  const attendance = useAttendance()
  const session = useSession()
  let looked = new Map<string, Looked>()

  function look(event: Card | EventItem): Looked {
    const { status, party } = attendance.standing(event.id)
    return { event, others: event.going - (status === 'going' ? party : 0) }
  }

  /** While the answer to one's own action is on the way, nobody can tell whose the new seats are. */
  function unclear({ id }: Card | EventItem): boolean {
    return attendance.pendingActions.has(id)
  }

  function tell(event: Card | EventItem, before: Looked): Looked {
    if (before.event === event || unclear(event)) return before
    const now = look(event)
    if (now.others > before.others) announcer.joined(event.id, event.title, now.others - before.others)
    return now
  }

  /** "Others" depends on the viewer, and on the viewer's own seats once they are known. */
  const viewer = (): string | null => (session.me.loading ? null : (session.person?.id ?? null))

  watch(
    [events, viewer, () => attendance.pendingActions.size] as const,
    ([shown, who], [, whoBefore]) => {
      const before = who === whoBefore ? looked : new Map<string, Looked>()
      looked = new Map(
        shown.map((event) => {
          const last = before.get(event.id)
          return [event.id, last ? tell(event, last) : look(event)]
        }),
      )
    },
    { immediate: true },
  )
}
