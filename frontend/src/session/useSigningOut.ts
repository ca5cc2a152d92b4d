import { Rejection } from '@/api/rejection'
import type { Item } from '@/live/replica'
import { useConfirmation } from '@/shell/confirmation'
import { useNotices } from '@/shell/notices'
import { useSession } from './session'

/** Signing out. A guest can not come back as the same person, so it asks first, and names what is lost. */
export function useSigningOut() {
  const session = useSession()
  const confirmation = useConfirmation()
  const notices = useNotices()

  async function signOut(): Promise<void> {
    if (!(await confirmed())) return
    try {
      await session.signOut()
      notices.tell('You are signed out.')
    } catch (error) {
      if (!(error instanceof Rejection)) throw error
      notices.complain(error.detail)
    }
  }

  async function confirmed(): Promise<boolean> {
    const answered = await confirmation.ask({
      title: `Sign out ${session.person?.name ?? ''}?`,
      text: lossWords(session.me.items, Date.now()),
      confirm: 'Sign out',
      keep: 'Stay',
    })
    return answered === 'confirm'
  }

  return { signOut }
}

/** What somebody loses who signs out at `now`, given the items of their view `me`. */
export function lossWords(items: readonly Item[], now: number): string {
  const on = new Set(
    items
      .filter((item) => item.kind === 'card')
      .filter((card) => card.status === 'scheduled' && card.ends_at > now)
      .map(({ id }) => id),
  )
  const mine = items.filter((item) => item.kind === 'mine').filter(({ event }) => on.has(event))
  const organized = mine.filter(({ organizing }) => organizing).length
  const attended = mine.filter(({ status }) => status !== null).length
  const sentences = ['This can not be taken back: who tells the same name again is somebody new.']
  if (organized > 0) {
    const them = organized === 1 ? 'it' : 'them'
    sentences.push(`You organize ${events(organized)}; nobody could edit or cancel ${them} any more.`)
  }
  if (attended > 0) sentences.push(`You have a place at ${events(attended)}; you could not give it back any more.`)
  return sentences.join(' ')
}

function events(count: number): string {
  return count === 1 ? '1 event' : `${String(count)} events`
}
