import type { PreferencesItem } from '@/live/generated'

/** Channels by which notices leave the page. */
export type Channel = 'mail' | 'push'
export type Kind = PreferencesItem['mail'][number]

/** Kinds of notices that are chosen together. */
export interface KindGroup {
  label: string
  kinds: readonly Kind[]
}

/** All kinds, in groups that answer the same question. */
export const KIND_GROUPS: readonly KindGroup[] = [
  { label: 'You move up from the waitlist', kinds: ['promoted'] },
  { label: 'Your request is answered', kinds: ['approved', 'declined'] },
  { label: 'You are taken off a list', kinds: ['removed'] },
  { label: 'An event changes', kinds: ['changed'] },
  { label: 'An event is called off or deleted', kinds: ['called-off', 'deleted'] },
  { label: 'A host writes to you', kinds: ['message'] },
  { label: 'An event starts soon', kinds: ['reminder'] },
  { label: 'You become a host', kinds: ['cohost', 'organizer'] },
  { label: 'Someone asks for seats at your event', kinds: ['asked'] },
]

/** True if a kind of the group comes by the channel; `off` are the kinds that do not. */
export function isOn({ kinds }: KindGroup, off: readonly Kind[]): boolean {
  return kinds.some((kind) => !off.includes(kind))
}

/** The kinds that do not come by a channel, once a group is switched on or off. */
export function withGroup(off: readonly Kind[], { kinds }: KindGroup, isWanted: boolean): Kind[] {
  const others = off.filter((kind) => !kinds.includes(kind))
  return isWanted ? others : [...others, ...kinds]
}
