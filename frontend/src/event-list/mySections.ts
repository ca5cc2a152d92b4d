/** The viewer's own events to come, in sections. Pure. */

import type { Card, MineItem } from '@/live/generated'
import { comparePlaces } from './listWindow'

/** The sections in their order: the heading, and the relation to the event. */
const SECTIONS: readonly [heading: string, has: (item: MineItem) => boolean][] = [
  ['You organize', ({ organizing }) => organizing],
  ['You host', ({ cohost }) => cohost === true],
  ["You're going", ({ status }) => status === 'going'],
  ['On the waitlist', ({ status }) => status === 'waitlisted'],
  ['Invited', ({ invited }) => invited === true],
  ['Asked to join', ({ requested }) => requested !== undefined],
]

/** A card with its section. Its rank sorts by section, and by start within it. */
export type MyCard = Card & { section?: number }

/** More than any moment in ms until the year 2100. */
const SECTION_RANKS = 1e13

/** Cards with their section, so that an unchanged card stays the same object. */
const placed = new WeakMap<Card, MyCard>()

/** The heading of a section; empty for none. */
export function headingOf(section: number): string {
  return SECTIONS[section]?.[0] ?? ''
}

/** Sorts cards by section and start. An event stands once, in the first section that is true of it. */
export function inSections(cards: readonly Card[], mine: readonly MineItem[]): MyCard[] {
  const byEvent = new Map(mine.map((item) => [item.event, item]))
  return cards
    .map((card) => inSection(card, sectionOf(byEvent.get(card.id))))
    .sort((one, other) => comparePlaces(one, other, 'ascending'))
}

/** The number of the section; -1 for an event without a relation. */
function sectionOf(item: MineItem | undefined): number {
  return item ? SECTIONS.findIndex(([, has]) => has(item)) : -1
}

function inSection(card: Card, section: number): MyCard {
  const known = placed.get(card)
  if (known?.section === section) return known
  const found = { ...card, rank: section * SECTION_RANKS + card.starts_at, section }
  placed.set(card, found)
  return found
}
