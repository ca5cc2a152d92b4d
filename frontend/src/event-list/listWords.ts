/** Sentences about changes of a list and jumps in it. Pure. */

import { formatCount } from '@/text/numbers'
import { comparePlaces, type Order, type Place } from './listWindow'

/** Where rows that are held back will appear, seen from the screen. */
export type Direction = 'above' | 'below' | 'here'

/** `above` if all places stand before the first row on the screen, `below` if all stand after the last one. */
export function directionOf(
  places: readonly Place[],
  screen: { first: Place; last: Place } | null,
  order: Order,
): Direction {
  if (screen === null || places.length === 0) return 'here'
  if (places.every((place) => comparePlaces(place, screen.first, order) < 0)) return 'above'
  return places.every((place) => comparePlaces(place, screen.last, order) > 0) ? 'below' : 'here'
}

/** The label of the pill: `2 new events above`, `1 new event`, or `Show changes`; null without changes. */
export function pillWords(newItems: number, isOutdated: boolean, direction: Direction): string | null {
  if (newItems === 0) return isOutdated ? 'Show changes' : null
  const events = formatCount(newItems, 'new event')
  return direction === 'here' ? events : `${events} ${direction}`
}

/** The sentence for a jump to a day without events. `isLast`: the list has nothing beyond that day. */
export function absenceWords(wanted: string, found: string, order: Order, isLast: boolean): string {
  if (order === 'ascending') {
    return isLast
      ? `Nothing from ${wanted} on. The last events are on ${found}.`
      : `Nothing on ${wanted}. The next events are on ${found}.`
  }
  return isLast
    ? `Nothing up to ${wanted}. The first events are on ${found}.`
    : `Nothing on ${wanted}. The last events before it are on ${found}.`
}
