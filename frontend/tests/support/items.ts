/** Items for tests: an event with nothing special, and what is to differ. */
import type { AttendeeItem, Card, EventItem, Face, ListItem, MineItem, NoticeItem, UserItem } from '@/live/generated'
import type { Item } from '@/live/replica'
import type { Account } from '@/you/account'

/** Friday 27 November 2026, 19:30 in Vienna. */
export const STARTS_AT = Date.UTC(2026, 10, 27, 18, 30)
const HOUR_MS = 3_600_000

export function card(change: Partial<Card> = {}): Card {
  const id = change.id ?? 'abc'
  return {
    kind: 'card',
    key: `card:${id}`,
    rank: change.starts_at ?? STARTS_AT,
    id,
    version: 1,
    status: 'scheduled',
    title: 'Board games',
    organizer: { id: 'org', name: 'Olga' },
    starts: '2026-11-27T19:30',
    ends: '2026-11-27T21:30',
    zone: 'Europe/Vienna',
    starts_at: STARTS_AT,
    ends_at: (change.starts_at ?? STARTS_AT) + 2 * HOUR_MS,
    place: 'The depot',
    link: '',
    tags: ['games'],
    capacity: 4,
    waitlist: true,
    going: 0,
    waiting: 0,
    faces: [],
    newest: [],
    ...change,
  }
}

export function event(change: Partial<EventItem> = {}): EventItem {
  return { ...card(), kind: 'event', key: 'event:abc', description: '', created_at: 1, ...change }
}

export function face(name: string, party = 1): Face {
  return { id: name.toLowerCase(), name, party }
}

export function mine(change: Partial<MineItem> = {}): MineItem {
  return {
    kind: 'mine',
    key: `mine:${change.event ?? 'abc'}`,
    rank: STARTS_AT,
    event: 'abc',
    organizing: false,
    status: 'going',
    party: 1,
    ahead: 0,
    ...change,
  }
}

/** The signed-in user: Ada, where nothing else is said. */
export function user(change: Partial<UserItem> = {}): UserItem {
  const { name = 'Ada' } = change
  return { kind: 'user', key: 'user', rank: 0, id: name.toLowerCase(), name, organizes: 0, attends: 0, ...change }
}

/** The total of a list, and the number of cards before the window. */
export function list(total: number, before = 0): ListItem {
  return { kind: 'list', key: 'list', rank: 0, total, before }
}

export function attendee(name: string, change: Partial<AttendeeItem> = {}): AttendeeItem {
  const id = name.toLowerCase()
  return {
    kind: 'attendee',
    key: `attendee:${id}`,
    rank: 1,
    user: { id, name },
    party: 1,
    status: 'going',
    joined_at: 1,
    ...change,
  }
}

/** A notice of commit `rank`. */
export function notice(rank: number, change: Partial<NoticeItem> = {}): NoticeItem {
  const { what = 'called-off', event: id = 'abc' } = change
  return {
    kind: 'notice',
    key: `notice:${String(rank)}.${what}.${id}`,
    id: `${String(rank)}.${what}.${id}`,
    rank,
    what,
    event: id,
    title: 'Board games',
    at: STARTS_AT,
    read: false,
    ...change,
  }
}

export function account(change: Partial<Account> = {}): Account {
  return {
    recovery: false,
    mail: null,
    hasBounced: false,
    isModerator: false,
    feed: null,
    sessions: [],
    passkeys: [],
    linked: [],
    preferences: null,
    pushes: [],
    ...change,
  }
}

/** The items of the view `me/account`. */
export function accountItems(change: Partial<Account> = {}): Item[] {
  const { recovery, mail, hasBounced, isModerator, feed, preferences, ...lists } = account(change)
  const own = { kind: 'account', key: 'account', rank: 0, id: 'ada', name: 'Ada', recovery, mail } as const
  const optional = {
    ...(hasBounced ? { bounced: true as const } : {}),
    ...(isModerator ? { moderator: true as const } : {}),
    ...(feed === null ? {} : { feed }),
  }
  const chosen = preferences ? [preferences] : []
  const { sessions, passkeys, linked, pushes } = lists
  return [{ ...own, ...optional }, ...sessions, ...passkeys, ...linked, ...chosen, ...pushes]
}
