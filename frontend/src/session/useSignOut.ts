import { Rejection } from '@/api/rejection'
import type { Item } from '@/live/replica'
import { useConfirmation } from '@/shell/confirmation'
import { useNotices } from '@/shell/notices'
import { isolate } from '@/text/isolation'
import { formatCount } from '@/text/numbers'
import { useServerClock } from '@/time/useNow'
import { useSession } from './session'

/** Signs out. It asks first and names the losses, because a guest cannot come back as the same person. */
export function useSignOut() {
  const session = useSession()
  const confirmation = useConfirmation()
  const notices = useNotices()
  const clock = useServerClock()

  async function signOut(): Promise<void> {
    if (!(await isConfirmed())) return
    try {
      await session.signOut()
      notices.show('You signed out.')
    } catch (error) {
      if (!(error instanceof Rejection)) throw error
      notices.showProblem(error.detail)
    }
  }

  async function isConfirmed(): Promise<boolean> {
    const answer = await confirmation.ask({
      title: `Sign out ${isolate(session.person?.name ?? '')}?`,
      text: lossWords(session.person?.name ?? '', session.me.items, clock.now()),
      confirm: 'Sign out',
      dismiss: 'Stay signed in',
    })
    return answer === 'confirm'
  }

  return { signOut }
}

/** The losses of a person who signs out at `now`, given the items of their view `me`. */
export function lossWords(name: string, items: readonly Item[], now: number): string {
  const upcomingIds = new Set(
    items
      .filter((item) => item.kind === 'card')
      .filter((card) => card.status === 'scheduled' && card.ends_at > now)
      .map(({ id }) => id),
  )
  const mine = items.filter((item) => item.kind === 'mine').filter(({ event }) => upcomingIds.has(event))
  const organized = mine.filter(({ organizing }) => organizing).length
  const attended = mine.filter(({ status }) => status !== null).length
  const sentences = [`You can't come back as ${isolate(name)}: the same name later is a new guest.`]
  if (organized > 0) {
    const them = organized === 1 ? 'it' : 'them'
    sentences.push(
      `You organize ${formatCount(organized, 'event')}, and no one will be able to edit ${them} or call ${them} off.`,
    )
  }
  if (attended > 0) {
    const [what, it] = attended === 1 ? ['a seat', 'it'] : ['seats', 'them']
    sentences.push(`You have ${what} at ${formatCount(attended, 'event')} and won't be able to give ${it} up.`)
  }
  return sentences.join(' ')
}
