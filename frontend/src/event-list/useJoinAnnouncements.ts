import { watch } from 'vue'
import { useAttendance } from '@/attendance/attendance'
import type { Card, EventItem } from '@/live/generated'
import { useSession } from '@/session/session'
import { useAnnouncer } from '@/shell/announcer'

/** An event at the last change, and the seats of other people in it. */
interface Observation {
  event: Card | EventItem
  otherSeats: number
}

/** Announces joins of other people to the shown events. The viewer's own actions have their own announcements. */
export function useJoinAnnouncements(events: () => readonly (Card | EventItem)[]): void {
  const announcer = useAnnouncer()
  const attendance = useAttendance()
  const session = useSession()
  let observations = new Map<string, Observation>()

  function observe(event: Card | EventItem): Observation {
    const { status, party } = attendance.standing(event.id)
    return { event, otherSeats: event.going - (status === 'going' ? party : 0) }
  }

  /** While the viewer's own action has no response, the new seats may be the viewer's. */
  function isAmbiguous({ id }: Card | EventItem): boolean {
    return attendance.pendingActions.has(id)
  }

  function announceJoins(event: Card | EventItem, before: Observation): Observation {
    if (before.event === event || isAmbiguous(event)) return before
    const now = observe(event)
    if (now.otherSeats > before.otherSeats)
      announcer.addJoins(event.id, event.title, now.otherSeats - before.otherSeats)
    return now
  }

  /** The seats of other people depend on the viewer, and on the viewer's own seats. */
  const viewer = (): string | null => (session.me.loading ? null : (session.person?.id ?? null))

  watch(
    [events, viewer, () => attendance.pendingActions.size] as const,
    ([shown, who], [, whoBefore]) => {
      const before = who === whoBefore ? observations : new Map<string, Observation>()
      observations = new Map(
        shown.map((event) => {
          const last = before.get(event.id)
          return [event.id, last ? announceJoins(event, last) : observe(event)]
        }),
      )
    },
    { immediate: true },
  )
}
