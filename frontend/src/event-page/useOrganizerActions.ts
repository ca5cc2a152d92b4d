import { useRouter } from 'vue-router'
import { api } from '@/api/api'
import { Rejection } from '@/api/rejection'
import { write } from '@/api/write'
import type { AttendeeItem, EventItem } from '@/live/generated'
import { numberedName } from '@/people/numberedName'
import { useConfirmation } from '@/shell/confirmation'
import { useNotices } from '@/shell/notices'
import { isolate } from '@/text/isolation'
import { useServerClock } from '@/time/useNow'

/**
 * The organizer's actions: call off, delete, remove an attendee. Each asks first. Deleting offers to call off instead, and
 * that asks its own question, because it cannot be undone either.
 */
export function useOrganizerActions() {
  const confirmation = useConfirmation()
  const notices = useNotices()
  const router = useRouter()
  const clock = useServerClock()

  async function attempt(call: () => Promise<unknown>, success: string): Promise<boolean> {
    try {
      await call()
      notices.show(success)
      return true
    } catch (error) {
      if (!(error instanceof Rejection)) throw error
      notices.showProblem(error.detail)
      return false
    }
  }

  async function cancel(event: EventItem): Promise<void> {
    const answer = await confirmation.ask({
      title: `Call off ${isolate(event.title)}?`,
      text: "Everyone sees right away that it's off. You can't undo this.",
      confirm: 'Call off event',
      dismiss: 'Keep event',
    })
    if (answer !== 'confirm') return
    const { id, title } = event
    await attempt(() => write(() => api.cancelEvent({ path: { event: id } })), `${isolate(title)} was called off.`)
  }

  async function remove(event: EventItem): Promise<void> {
    const canCancel = event.status === 'scheduled' && event.ends_at > clock.now()
    const answer = await confirmation.ask({
      title: `Delete ${isolate(event.title)}?`,
      text: canCancel
        ? 'It vanishes for everyone. If you call it off instead, the page stays and guests see what happened.'
        : 'It vanishes for everyone.',
      confirm: 'Delete event',
      dismiss: 'Keep event',
      ...(canCancel ? { alternative: 'Call it off instead' } : {}),
    })
    if (answer === 'alternative') await cancel(event)
    if (answer !== 'confirm') return
    const { id, title } = event
    // Leave the page first, because it would show "not found" before the notice about the deletion.
    await router.push({ name: 'events' })
    await attempt(() => write(() => api.deleteEvent({ path: { event: id } })), `${isolate(title)} was deleted.`)
  }

  /** `number` tells a person from one whose name looks alike. */
  async function removePerson(event: EventItem, { user }: AttendeeItem, number?: number): Promise<void> {
    const name = numberedName(isolate(user.name), number)
    const answer = await confirmation.ask({
      title: `Remove ${name}?`,
      text: `They lose their seat at ${isolate(event.title)}. They can join again.`,
      confirm: 'Remove',
      dismiss: 'Keep them',
    })
    if (answer !== 'confirm') return
    await attempt(
      () => write(() => api.removeAttendee({ path: { event: event.id, user: user.id } })),
      `${name} was removed.`,
    )
  }

  return { cancel, remove, removePerson }
}
