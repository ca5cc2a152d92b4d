import { api } from '@/api/api'
import type { InvitationBody, InvitationItem } from '@/api/generated'
import { useAttempt } from '@/api/useAttempt'
import { write } from '@/api/write'
import type { EventItem, Person, WebhookItem } from '@/live/generated'
import { useConfirmation } from '@/shell/confirmation'
import { isolate } from '@/text/isolation'

/** The actions of hosts about guests, links, webhooks and other hosts of an event. Those that cannot be undone ask first. */
export function useHostActions(event: () => Pick<EventItem, 'id' | 'title'>) {
  const attempt = useAttempt()
  const confirmation = useConfirmation()
  const pathTo = (user: string): { event: string; user: string } => ({ event: event().id, user })

  function approve({ id, name }: Person): Promise<boolean> {
    return attempt(() => write(() => api.approveRequest({ path: pathTo(id) })), `${isolate(name)} was let in.`)
  }

  function decline({ id, name }: Person): Promise<boolean> {
    return attempt(
      () => write(() => api.declineRequest({ path: pathTo(id) })),
      `The request of ${isolate(name)} was declined.`,
    )
  }

  function allow({ id, name }: Person): Promise<boolean> {
    return attempt(() => write(() => api.allowGuest({ path: pathTo(id) })), `${isolate(name)} can come back.`)
  }

  /** Makes a link; null if that was refused. */
  async function invite(body: InvitationBody): Promise<InvitationItem | null> {
    let made: InvitationItem | null = null
    await attempt(async () => {
      made = (await write(() => api.makeInvitation({ path: { event: event().id }, body }))).data
    }, '')
    return made
  }

  function revoke({ id }: Pick<InvitationItem, 'id'>): Promise<boolean> {
    return attempt(
      () => write(() => api.revokeInvitation({ path: { event: event().id, invitation: id } })),
      'The link is not valid any more.',
    )
  }

  async function removeWebhook({ id, host }: WebhookItem): Promise<void> {
    const answer = await confirmation.ask({
      title: `Remove the webhook ${isolate(host)}?`,
      text: 'Nothing more is sent there. If you add it again, it gets another secret.',
      confirm: 'Remove webhook',
      dismiss: 'Keep webhook',
    })
    if (answer !== 'confirm') return
    const call = () => write(() => api.removeWebhook({ path: { event: event().id, webhook: id } }))
    await attempt(call, 'The webhook is removed.')
  }

  async function removeCohost({ id, name }: Person): Promise<void> {
    const answer = await confirmation.ask({
      title: `Remove ${isolate(name)} as a co-host?`,
      text: 'They keep their seat, if they have one. Open links for co-hosts end, too.',
      confirm: 'Remove co-host',
      dismiss: 'Keep co-host',
    })
    if (answer !== 'confirm') return
    await attempt(() => write(() => api.removeCohost({ path: pathTo(id) })), `${isolate(name)} is no longer a co-host.`)
  }

  async function handOver({ id, name }: Person): Promise<void> {
    const title = isolate(event().title)
    const answer = await confirmation.ask({
      title: `Hand ${title} over to ${isolate(name)}?`,
      text: 'They become the organizer, and you a co-host. Only they can hand it back.',
      confirm: 'Hand over',
      dismiss: 'Keep event',
    })
    if (answer !== 'confirm') return
    const call = () => write(() => api.handOverEvent({ path: { event: event().id }, body: { user: id } }))
    await attempt(call, `${isolate(name)} organizes ${title} now.`)
  }

  async function stepDown(): Promise<void> {
    const title = isolate(event().title)
    const answer = await confirmation.ask({
      title: `Stop hosting ${title}?`,
      text: 'You keep your seat, if you have one. Only the organizer can make you a co-host again.',
      confirm: 'Step down',
      dismiss: 'Stay co-host',
    })
    if (answer !== 'confirm') return
    await attempt(() => write(() => api.stepDown({ path: { event: event().id } })), `You no longer host ${title}.`)
  }

  return { approve, decline, allow, invite, revoke, removeWebhook, removeCohost, handOver, stepDown }
}
