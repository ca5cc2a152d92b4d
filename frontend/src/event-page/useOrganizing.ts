import { useRouter } from 'vue-router'
import { cancelEvent, deleteEvent, removeAttendee } from '@/api/generated'
import { Rejection } from '@/api/rejection'
import { write } from '@/api/write'
import type { AttendeeItem, EventItem } from '@/live/generated'
import { useConfirmation } from '@/shell/confirmation'
import { useNotices } from '@/shell/notices'

/** What only an organizer does. Each asks first; deleting offers cancelling as the kinder way. */
export function useOrganizing() {
  const confirmation = useConfirmation()
  const notices = useNotices()
  const router = useRouter()

  async function attempt(call: () => Promise<unknown>, done: string): Promise<boolean> {
    try {
      await call()
      notices.tell(done)
      return true
    } catch (error) {
      if (!(error instanceof Rejection)) throw error
      notices.complain(error.detail)
      return false
    }
  }

  async function cancelNow({ id, title }: EventItem): Promise<void> {
    await attempt(() => write((headers) => cancelEvent({ path: { event: id }, headers })), `${title} is cancelled.`)
  }

  async function cancel(event: EventItem): Promise<void> {
    const answered = await confirmation.ask({
      title: `Cancel ${event.title}?`,
      text: 'Everybody sees at once that it is called off. This can not be taken back.',
      confirm: 'Cancel event',
      keep: 'Keep it on',
    })
    if (answered === 'confirm') await cancelNow(event)
  }

  async function remove(event: EventItem): Promise<void> {
    const cancellable = event.status === 'scheduled' && event.ends_at > Date.now()
    const answered = await confirmation.ask({
      title: `Delete ${event.title}?`,
      text: cancellable
        ? 'It disappears for everybody, as if it had never been. If you cancel it instead, those who planned to come still see what happened.'
        : 'It disappears for everybody, as if it had never been.',
      confirm: 'Delete event',
      keep: 'Keep it',
      ...(cancellable ? { kinder: 'Cancel it instead' } : {}),
    })
    if (answered === 'kinder') await cancelNow(event)
    if (answered !== 'confirm') return
    const { id, title } = event
    // Away first: the page would say that the event is gone before its organizer hears that it worked.
    await router.push({ name: 'events' })
    await attempt(() => write((headers) => deleteEvent({ path: { event: id }, headers })), `${title} is deleted.`)
  }

  async function removePerson(event: EventItem, { user }: AttendeeItem): Promise<void> {
    const answered = await confirmation.ask({
      title: `Remove ${user.name}?`,
      text: `They lose their place at ${event.title}. They can join again.`,
      confirm: 'Remove',
      keep: 'Keep them',
    })
    if (answered !== 'confirm') return
    await attempt(
      () => write((headers) => removeAttendee({ path: { event: event.id, user: user.id }, headers })),
      `${user.name} is removed.`,
    )
  }

  return { cancel, remove, removePerson }
}
