import { listAttendees } from '@/api/generated'
import { rejectionOf } from '@/api/rejection'
import { useConfirmation } from '@/shell/confirmation'
import { useNotices } from '@/shell/notices'
import { useAttending, type Shown } from './attending'

/** How far down the waitlist is looked for a party that fits into the seats that become free. */
const LOOK_AHEAD_PARTIES = 20

/** Unattending, with care: a seat that others wait for is asked about, any other can be taken back. */
export function useLeaving() {
  const attending = useAttending()
  const confirmation = useConfirmation()
  const notices = useNotices()

  async function leave(event: Shown): Promise<void> {
    const { status, party } = attending.standing(event.id)
    const lasting = status === 'going' && givesSeatAway(event)
    if (lasting && !(await confirmed(event, party))) return
    if (!(await attending.unattend(event))) return
    const text = status === 'going' ? `You no longer go to ${event.title}.` : `You left the line for ${event.title}.`
    const undo = { label: 'Undo', run: () => void attending.join(event, party) }
    notices.tell(text, status === 'going' && !lasting ? undo : null)
  }

  async function confirmed(event: Shown, party: number): Promise<boolean> {
    const next = event.waiting > 0 ? await nextInLine(event, party) : null
    const seats = party === 1 ? 'seat' : `${String(party)} seats`
    const text = next
      ? `${next} is next in line and gets your ${seats}.`
      : `The event is full, and your ${seats} may be taken at once by somebody else.`
    const answered = await confirmation.ask({
      title: `Unattend ${event.title}?`,
      text,
      confirm: 'Unattend',
      keep: 'Keep my seat',
    })
    return answered === 'confirm'
  }

  return { leave }
}

function givesSeatAway({ capacity, going, waiting }: Shown): boolean {
  return capacity !== null && (going >= capacity || waiting > 0)
}

/** Name of whoever moves up when `party` seats become free: the first whose own party fits. */
async function nextInLine(event: Shown, party: number): Promise<string | null> {
  const free = (event.capacity ?? 0) - event.going + party
  try {
    const { data } = await listAttendees({
      path: { event: event.id },
      query: { status: 'waitlisted', limit: LOOK_AHEAD_PARTIES },
    })
    return data.items.find((each) => each.party <= free)?.user.name ?? null
  } catch (error) {
    rejectionOf(error) // No answer is no reason not to ask; anything else is thrown on.
    return null
  }
}
