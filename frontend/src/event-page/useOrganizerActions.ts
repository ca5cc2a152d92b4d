import { useRouter } from 'vue-router'
import { api } from '@/api/api'
import { useAttempt } from '@/api/useAttempt'
import { write } from '@/api/write'
import type { AttendeeItem, EventItem } from '@/live/generated'
import { numberedName } from '@/people/numberedName'
import { useConfirmation } from '@/shell/confirmation'
import { isolate } from '@/text/isolation'
import { useServerClock } from '@/time/useNow'

/**
 * Actions of hosts: call off, delete, remove an attendee or keep them out. Each asks first. Deleting offers to call off instead, and
 * that asks its own question, because it cannot be undone either.
 */
export function useOrganizerActions() {
  const confirmation = useConfirmation()
  const attempt = useAttempt()
  const router = useRouter()
  const clock = useServerClock()

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
      text: `They lose their seat at ${isolate(event.title)}. They can join again, unless you keep them out.`,
      confirm: 'Remove',
      dismiss: 'Keep them',
      alternative: 'Keep out',
    })
    const path = { event: event.id }
    if (answer === 'alternative') {
      const call = () => write(() => api.keepOut({ path, body: { user: user.id } }))
      await attempt(call, `${name} is kept out.`)
    }
    if (answer !== 'confirm') return
    await attempt(
      () => write(() => api.removeAttendee({ path: { event: event.id, user: user.id } })),
      `${name} was removed.`,
    )
  }

  return { cancel, remove, removePerson }
}
