import { api } from '@/api/api'
import { rejectionOf } from '@/api/rejection'
import { seatsOf } from '@/seats/capacity'
import { useConfirmation } from '@/shell/confirmation'
import { useNotices } from '@/shell/notices'
import { isolate } from '@/text/isolation'
import { formatNumber } from '@/text/numbers'
import { useAttendance, type ShownEvent } from './attendance'
import { handoverWords, promotedParties, type WaitingParty } from './waitlist'
import type { Standing } from './standing'

/** The waitlist is read in pages of this size, up to this many pages, to find the parties that would move up. */
const PAGE_PARTIES = 100
const PAGES_MAX = 5

/** Leaves an event. It asks first if the seat or the place may be lost for good; otherwise it offers Undo. */
export function useLeave() {
  const attendance = useAttendance()
  const confirmation = useConfirmation()
  const notices = useNotices()

  async function leave(event: ShownEvent): Promise<void> {
    const standing = attendance.standing(event.id)
    const loss = standing.status === 'going' ? await seatLoss(event, standing.party) : placeLoss(standing)
    if (loss !== null && !(await isConfirmed(event, standing, loss))) return
    if (!(await attendance.unattend(event))) return
    const going = standing.status === 'going'
    const title = isolate(event.title)
    const text = going ? `You're no longer going to ${title}.` : `You left the waitlist for ${title}.`
    const undo = { label: 'Undo', run: () => void attendance.join(event, standing.party, true) }
    notices.show(text, loss === null ? undo : null)
  }

  async function isConfirmed(event: ShownEvent, { status }: Standing, text: string): Promise<boolean> {
    const name = isolate(event.title)
    const question =
      status === 'going'
        ? { title: `Give up your seat at ${name}?`, confirm: 'Give up seat', dismiss: 'Keep my seat' }
        : { title: `Leave the waitlist for ${name}?`, confirm: 'Leave waitlist', dismiss: 'Keep my place' }
    return (await confirmation.ask({ ...question, text })) === 'confirm'
  }

  return { leave }
}

/** The text about the loss of a place on the waitlist. */
function placeLoss({ ahead }: Standing): string {
  return ahead === null
    ? 'You lose your place.'
    : `You're number ${formatNumber(ahead + 1)}. If you leave, you lose your place.`
}

/** The text that names the next holders of the seats; null if no one moves up, so that leaving can be undone. */
async function seatLoss(event: ShownEvent, party: number): Promise<string | null> {
  if (event.capacity === null || event.waiting === 0) return null
  const next = await findPromoted(event, event.capacity - event.going + party)
  if (next === null) return 'Others are waiting, and one of them may get your seat right away.'
  return next.length > 0 ? handoverWords(next, party) : null
}

/** The parties that move up into `free` seats; null if that is unknown. */
async function findPromoted(event: ShownEvent, free: number): Promise<WaitingParty[] | null> {
  const waitlist: WaitingParty[] = []
  let after: number | undefined
  try {
    for (let page = 0; page < PAGES_MAX; page++) {
      const query = { status: 'waitlisted', limit: PAGE_PARTIES, ...(after === undefined ? {} : { after }) } as const
      const { data } = await api.listAttendees({ path: { event: event.id }, query })
      waitlist.push(...data.items)
      const next = promotedParties(waitlist, free)
      if (data.next === null || seatsOf(next) === free) return next
      after = data.next
    }
  } catch (error) {
    rejectionOf(error) // Without a response the question names no one; other errors are thrown on.
  }
  return null
}
