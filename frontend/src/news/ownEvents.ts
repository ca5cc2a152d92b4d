import type { Card, MineItem } from '@/live/generated'
import type { Item } from '@/live/replica'

/** The facts about an event that a person attends or waits for. */
export type OwnEvent = Pick<
  Card,
  | 'id'
  | 'title'
  | 'status'
  | 'starts'
  | 'ends'
  | 'zone'
  | 'starts_at'
  | 'ends_at'
  | 'starts_fold'
  | 'ends_fold'
  | 'place'
  | 'link'
> & { standing: NonNullable<MineItem['status']>; organizing: boolean }

/** A person's own events at a position. */
export interface OwnEvents {
  person: string
  at: string
  events: ReadonlyMap<string, OwnEvent>
}

/** The own events in the items of the view `me`; null until it has loaded. */
export function ownEventsOf(items: readonly Item[], at: string | null): OwnEvents | null {
  const user = items.find((item) => item.kind === 'user')
  if (!user || at === null) return null
  const cards = new Map(items.filter((item) => item.kind === 'card').map((card) => [card.id, card]))
  const events = new Map<string, OwnEvent>()
  for (const item of items) {
    const card = item.kind === 'mine' ? cards.get(item.event) : undefined
    if (item.kind === 'mine' && card && item.status !== null) events.set(card.id, ownEvent(card, item, item.status))
  }
  return { person: user.id, at, events }
}

function ownEvent(card: Card, { organizing }: MineItem, standing: OwnEvent['standing']): OwnEvent {
  const { id, title, status, starts, ends, zone, starts_at, ends_at, place, link } = card
  const folds = {
    ...(card.starts_fold && { starts_fold: card.starts_fold }),
    ...(card.ends_fold && { ends_fold: card.ends_fold }),
  }
  return { id, title, status, starts, ends, zone, starts_at, ends_at, ...folds, place, link, standing, organizing }
}
