/** The window of a long list: the part that is watched and rendered. It slides as the reader nears one of its ends. Pure. */

import { byCodePoint } from '@/live/replica'

/** A place in a list: the sort key of a card. An empty key stands before all cards of that moment in ascending order. */
export interface Place {
  rank: number
  key: string
}

/** The order of a list. */
export type Order = 'ascending' | 'descending'

/** The cards that follow a place, or the last ones that precede it; without either, the first ones of the list. */
export interface ListWindow {
  after?: Place
  before?: Place
}

/** The cards around a window. */
export interface Extent {
  /** The number of cards before the window. */
  before: number
  /** True if there are cards after the window. */
  hasMore: boolean
  order: Order
  /** True if the cards are sorted by section first. Such a window holds the whole list. */
  isInSections?: true
}

/** Cards in a window: the limit of what is rendered, however long the list is. */
export const WINDOW_ITEMS = 150
/** The window slides if fewer cards than this are left between the screen and its end. */
const MARGIN_ITEMS = 40
/** Cards that a new window keeps on the side from which it slides away. More than the margin, so that it does not slide back at once. */
const KEPT_ITEMS = 80

/** The window at the start of a list. */
export const FIRST_WINDOW: ListWindow = {}

/** Compares two places in the order of a list: negative if `a` stands before `b`. */
export function comparePlaces(a: Place, b: Place, order: Order): number {
  const ascending = a.rank - b.rank || byCodePoint(a.key, b.key)
  return order === 'ascending' ? ascending : -ascending
}

/** The window that the reader needs next; null while the present one is enough. `visible`: indexes of the first and the last card on the screen. */
export function nextWindow(
  places: readonly Place[],
  { before, hasMore, order }: Extent,
  visible: { first: number; last: number },
): ListWindow | null {
  const lastPlace = places.at(-1)
  if (!lastPlace) return null
  if (hasMore && visible.last >= places.length - MARGIN_ITEMS) {
    const after = places[Math.max(visible.first - KEPT_ITEMS, 0) - 1]
    if (after) return { after }
  }
  if (before > 0 && visible.first < MARGIN_ITEMS) {
    const end = visible.last + KEPT_ITEMS
    if (before + end < WINDOW_ITEMS) return FIRST_WINDOW
    return { before: places[end] ?? placeAfter(lastPlace, order) }
  }
  return null
}

/** A place that stands after a card. */
function placeAfter({ rank }: Place, order: Order): Place {
  return { rank: order === 'ascending' ? rank + 1 : rank, key: '' }
}

/** The spelling of a place in an address: `<ms>-<event>`, or `<ms>`. */
export function cursorOf({ rank, key }: Place): string {
  return key === '' ? String(rank) : `${String(rank)}-${key.slice(key.indexOf(':') + 1)}`
}

/** True for two windows with the same bounds. */
export function isSameWindow(a: ListWindow, b: ListWindow): boolean {
  const isSame = (one?: Place, other?: Place): boolean => one?.rank === other?.rank && one?.key === other?.key
  return isSame(a.after, b.after) && isSame(a.before, b.before)
}
