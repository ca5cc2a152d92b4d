import { listAttendees } from '@/api/generated'
import { rejectionOf } from '@/api/rejection'
import { useConfirmation } from '@/shell/confirmation'
import { useNotices } from '@/shell/notices'
import { useAttendance, type Shown } from './attendance'
import { handoverWords, promoted, type Waiting } from './waitlist'
import type { Standing } from './standing'

/** The waitlist is read in pages of this size, up to this many pages, to find out who would move up. */
const PAGE_PARTIES = 100
const PAGES_MAX = 5

/** Leaving an event. Asks first if the seat or place can't be had back; otherwise offers Undo. */
export function useLeave() {
  const attendance = useAttendance()
  const confirmation = useConfirmation()
  const notices = useNotices()

  async function leave(event: Shown): Promise<void> {
    const standing = attendance.standing(event.id)
    const lost = standing.status === 'going' ? await seatLoss(event, standing.party) : placeLoss(standing)
    if (lost !== null && !(await confirmed(event, standing, lost))) return
    if (!(await attendance.unattend(event))) return
    const going = standing.status === 'going'
    const text = going ? `You're no longer going to ${event.title}.` : `You left the waitlist for ${event.title}.`
    const undo = { label: 'Undo', run: () => void attendance.join(event, standing.party, true) }
    notices.show(text, lost === null ? undo : null)
  }

  async function confirmed(event: Shown, { status }: Standing, text: string): Promise<boolean> {
    const question =
      status === 'going'
        ? { title: `Give up your seat at ${event.title}?`, confirm: 'Give up seat', keep: 'Keep my seat' }
        : { title: `Leave the waitlist for ${event.title}?`, confirm: 'Leave waitlist', keep: 'Keep my place' }
    return (await confirmation.ask({ ...question, text })) === 'confirm'
  }

  return { leave }
}

/** The sentence that says what leaving the waitlist costs. */
function placeLoss({ ahead }: Standing): string {
  return ahead === null
    ? 'You lose your place.'
    : `You're number ${String(ahead + 1)}. If you leave, you lose your place.`
}

/** The sentence that says who gets the seats of a leaving party; null if no one moves up, so that it can be undone. */
async function seatLoss(event: Shown, party: number): Promise<string | null> {
  if (event.capacity === null || event.waiting === 0) return null
  const next = await movingUp(event, event.capacity - event.going + party)
  if (next === null) return 'Others are waiting, and one of them may get your seat right away.'
  return next.length > 0 ? handoverWords(next, party) : null
}

/** The parties that move up into `free` seats; null if that is unknown. */
async function movingUp(event: Shown, free: number): Promise<Waiting[] | null> {
  const waitlist: Waiting[] = []
  let after: number | undefined
  try {
    for (let page = 0; page < PAGES_MAX; page++) {
      const query = { status: 'waitlisted', limit: PAGE_PARTIES, ...(after === undefined ? {} : { after }) } as const
      const { data } = await listAttendees({ path: { event: event.id }, query })
      waitlist.push(...data.items)
      const next = promoted(waitlist, free)
      if (data.next === null || next.reduce((sum, { party }) => sum + party, 0) === free) return next
      after = data.next
    }
  } catch (error) {
    rejectionOf(error) // Without an answer the question is asked in general words; other errors are thrown on.
  }
  return null
}
