import { Rejection } from '@/api/rejection'
import { useConfirmation } from '@/shell/confirmation'
import { useNotices } from '@/shell/notices'
import { isolate } from '@/text/isolation'
import { formatCount } from '@/text/numbers'
import { hasWayBack, type Account } from '@/you/account'
import { ownCounts, type OwnCounts } from './ownCounts'
import { useSession } from './session'

/** Signs out of this device, or of all. It asks first, and names the losses of a guest without a way back. */
export function useSignOut() {
  const session = useSession()
  const confirmation = useConfirmation()
  const notices = useNotices()

  /** `account` is null if it is not known. */
  async function signOut(account: Account | null, isEverywhere = false): Promise<void> {
    if (!(await isConfirmed(account, isEverywhere))) return
    try {
      await session.signOut(isEverywhere)
      notices.show(isEverywhere ? 'You signed out everywhere.' : 'You signed out.')
    } catch (error) {
      if (!(error instanceof Rejection)) throw error
      notices.showProblem(error.detail)
    }
  }

  async function isConfirmed(account: Account | null, isEverywhere: boolean): Promise<boolean> {
    const name = session.person?.name ?? ''
    const others = isEverywhere ? 0 : (account?.sessions.length ?? 1) - 1
    const canReturn = account !== null && (hasWayBack(account) || others > 0)
    const answer = await confirmation.ask({
      title: `Sign out ${isolate(name)}${isEverywhere ? ' everywhere' : ''}?`,
      text: canReturn ? returnWords(account, others) : lossWords(name, ownCounts(session.me.items)),
      confirm: 'Sign out',
      dismiss: 'Stay signed in',
    })
    return answer === 'confirm'
  }

  return { signOut }
}

/** The ways in which a person comes back after signing out. */
export function returnWords(account: Account, others: number): string {
  if (hasWayBack(account)) return 'You can come back in one of the ways that you set up.'
  return `You stay signed in on ${formatCount(others, 'other device')}. That is your only way back.`
}

/** The losses of a person who signs out. */
export function lossWords(name: string, { organizes, attends }: OwnCounts): string {
  const sentences = [
    `You have no way back, so this is the end of ${isolate(name)} here: the same name later is a new guest.`,
  ]
  if (organizes > 0) {
    const them = organizes === 1 ? 'it' : 'them'
    sentences.push(
      `You organize ${formatCount(organizes, 'event')}, and no one will be able to edit ${them} or call ${them} off.`,
    )
  }
  if (attends > 0) {
    const [what, it] = attends === 1 ? ['a seat', 'it'] : ['seats', 'them']
    sentences.push(`You have ${what} at ${formatCount(attends, 'event')} and won't be able to give ${it} up.`)
  }
  return sentences.join(' ')
}
