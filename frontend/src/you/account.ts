import type {
  AccountItem,
  LinkedAccountItem,
  PasskeyItem,
  PreferencesItem,
  PushItem,
  SessionItem,
} from '@/live/generated'
import type { Item } from '@/live/replica'

/** The signed-in person's own record: their devices, their ways back, and their calendar feed. */
export interface Account {
  /** True if there is a recovery link. */
  recovery: boolean
  /** The confirmed mail address; null for none. */
  mail: string | null
  /** True if mail to that address came back. */
  hasBounced: boolean
  isModerator: boolean
  /** The path of the secret calendar feed; null for none. */
  feed: string | null
  sessions: readonly SessionItem[]
  passkeys: readonly PasskeyItem[]
  /** The accounts at the operator's OpenID Connect provider. */
  linked: readonly LinkedAccountItem[]
  /** The person's choices about notices; null from an older server. */
  preferences: PreferencesItem | null
  /** The browsers that show notices while the page is closed. */
  pushes: readonly PushItem[]
}

/** The record in the items of the view `me/account`; null while it has none. */
export function accountOf(items: readonly Item[]): Account | null {
  const own = items.find((item): item is AccountItem => item.kind === 'account')
  if (!own) return null
  return {
    recovery: own.recovery,
    mail: own.mail,
    hasBounced: own.bounced === true,
    isModerator: own.moderator === true,
    feed: own.feed ?? null,
    sessions: items.filter((item) => item.kind === 'session'),
    passkeys: items.filter((item) => item.kind === 'passkey'),
    linked: items.filter((item) => item.kind === 'linked-account'),
    preferences: items.find((item) => item.kind === 'preferences') ?? null,
    pushes: items.filter((item) => item.kind === 'push'),
  }
}

/** True if the person can come back without this device. */
export function hasWayBack({ recovery, mail, passkeys, linked }: Account): boolean {
  return recovery || mail !== null || passkeys.length > 0 || linked.length > 0
}
