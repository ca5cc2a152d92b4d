import { listAttendees } from '@/api/generated'
import { rejectionOf } from '@/api/rejection'
import { useConfirmation } from '@/shell/confirmation'
import { useNotices } from '@/shell/notices'
import { useAttending, type Shown } from './attending'
import { handoverWords, promoted, type Waiting } from './line'
import type { Standing } from './standing'

/** How many of the waitlist are asked for at once, and how often, until the seats that become free have found somebody. */
const PAGE_PARTIES = 100
const PAGES_MAX = 5

/** Unattending, with care: what can not be taken back is asked about, anything else can be undone. */
export function useLeaving() {
  const attending = useAttending()
  const confirmation = useConfirmation()
  const notices = useNotices()

  async function leave(event: Shown): Promise<void> {
    const standing = attending.standing(event.id)
    const lost = standing.status === 'going' ? await seatLoss(event, standing.party) : placeLoss(standing)
    if (lost !== null && !(await confirmed(event, standing, lost))) return
    if (!(await attending.unattend(event))) return
    const going = standing.status === 'going'
    const text = going ? `You no longer go to ${event.title}.` : `You left the line for ${event.title}.`
    const undo = { label: 'Undo', run: () => void attending.join(event, standing.party, true) }
    notices.tell(text, lost === null ? undo : null)
  }

  async function confirmed(event: Shown, { status }: Standing, text: string): Promise<boolean> {
    const question =
      status === 'going'
        ? { title: `Unattend ${event.title}?`, confirm: 'Unattend', keep: 'Keep my seat' }
        : { title: `Leave the line for ${event.title}?`, confirm: 'Leave waitlist', keep: 'Keep my place' }
    return (await confirmation.ask({ ...question, text })) === 'confirm'
  }

  return { leave }
}

/** What happens to a place in the line. */
function placeLoss({ ahead }: Standing): string {
  return ahead === null
    ? 'Your place in line is lost.'
    : `You are number ${String(ahead + 1)} in line; your place is lost.`
}

/** Who gets the seats of a party that leaves; null where nobody moves up, so that they can be had back. */
async function seatLoss(event: Shown, party: number): Promise<string | null> {
  if (event.capacity === null || event.waiting === 0) return null
  const next = await movingUp(event, event.capacity - event.going + party)
  if (next === null) return 'Others wait, and your place may go to them at once.'
  return next.length > 0 ? handoverWords(next, party) : null
}

/** Who moves up into `free` seats; null where that is not known. */
async function movingUp(event: Shown, free: number): Promise<Waiting[] | null> {
  const line: Waiting[] = []
  let after: number | undefined
  try {
    for (let page = 0; page < PAGES_MAX; page++) {
      const query = { status: 'waitlisted', limit: PAGE_PARTIES, ...(after === undefined ? {} : { after }) } as const
      const { data } = await listAttendees({ path: { event: event.id }, query })
      line.push(...data.items)
      const next = promoted(line, free)
      if (data.next === null || next.reduce((sum, { party }) => sum + party, 0) === free) return next
      after = data.next
    }
  } catch (error) {
    rejectionOf(error) // No answer is no reason not to ask; anything else is thrown on.
  }
  return null
}
